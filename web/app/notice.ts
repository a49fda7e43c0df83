import { byId, h } from "./dom.ts";

/** Says something at the top of the page, until it is dismissed or something else is said. */
export function notice(text: string | undefined): void {
  const element = byId("notice", HTMLElement);
  element.hidden = text === undefined;
  if (text === undefined) return element.replaceChildren();
  const dismiss = h("button", { class: "quiet", type: "button" }, "Dismiss");
  dismiss.addEventListener("click", () => notice(undefined));
  element.replaceChildren(h("span", { role: "alert" }, text), dismiss);
}
