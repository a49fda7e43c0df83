/** In a narrow window one panel is shown at a time, and these tabs choose it. */
import { byId, h } from "./dom.ts";

const PANELS = ["Editor", "Request", "Response", "Wire", "Preview", "Console"] as const;
export type Panel = (typeof PANELS)[number];

export function setUpTabs(): (panel: Panel) => void {
  const list = byId("tabs", HTMLElement);
  const sectionOf = (panel: Panel) => byId(`${panel.toLowerCase()}-panel`, HTMLElement);
  const tabs = PANELS.map((panel) => {
    const tab = h("button", { role: "tab", id: `tab-${panel}`, "aria-controls": sectionOf(panel).id }, panel);
    tab.addEventListener("click", () => show(panel));
    return tab;
  });
  const show = (panel: Panel) => {
    PANELS.forEach((other, index) => {
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
    show(PANELS[next]!);
  });
  list.append(...tabs);
  show("Editor");
  return show;
}
