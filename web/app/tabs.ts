/**
 * In a narrow window one panel is shown at a time, and these tabs choose it. Panels that are hidden, and those that
 * `data-pinned` keeps in sight, have none.
 */
import { byId, h } from "./dom.ts";

const PANELS = ["Editor", "Request", "Response", "Wire", "Preview", "Console"] as const;
export type Panel = (typeof PANELS)[number];

export function setUpTabs(): (panel: Panel) => void {
  const list = byId("tabs", HTMLElement);
  const sectionOf = (panel: Panel) => byId(`${panel.toLowerCase()}-panel`, HTMLElement);
  const panels = PANELS.filter((panel) => {
    const { hidden, dataset } = sectionOf(panel);
    return !hidden && dataset.pinned === undefined;
  });
  const tabs = panels.map((panel) => {
    const tab = h("button", { role: "tab", id: `tab-${panel}`, "aria-controls": sectionOf(panel).id }, panel);
    tab.addEventListener("click", () => show(panel));
    return tab;
  });
  const show = (panel: Panel) => {
    if (!panels.includes(panel)) return;
    panels.forEach((other, index) => {
      const chosen = other === panel;
      const tab = tabs[index]!;
      tab.ariaSelected = String(chosen);
      tab.tabIndex = chosen ? 0 : -1;
      sectionOf(other).toggleAttribute("data-shown", chosen);
    });
  };
  list.addEventListener("keydown", (event) => {
    const at = tabs.indexOf(document.activeElement as HTMLButtonElement);
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0 || at < 0) return;
    event.preventDefault();
    const next = (at + step + tabs.length) % tabs.length;
    tabs[next]?.focus();
    show(panels[next]!);
  });
  list.append(...tabs);
  if (panels[0]) show(panels[0]);
  return show;
}
