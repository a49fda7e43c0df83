/**
 * The playground inside another page's frame: the panels that the URL asks for, and an own bar. It runs nothing before
 * somebody says so: here, or in the page around, whose `<http-playground>` sends what was pressed there.
 */
import { readToFrame } from "../../src/embed/messages.ts";
import { byId } from "../app/dom.ts";
import { notice } from "../app/notice.ts";
import { Playground } from "../app/playground.ts";
import { hashOf } from "../app/share.ts";
import { PANEL_IDS, readOptions } from "./options.ts";

/** Narrower than this, the code is a tab like the others. In CSS pixels, as in embed.css. */
const NARROW = 480;
/** From here on there is room for all panels at once, if each has so much height. */
const WIDE = 860;
const PANEL_HEIGHT = 170;

const { view, theme, nth, program, problem } = await readOptions(location);
if (theme) document.documentElement.dataset.theme = theme;
for (const id of PANEL_IDS) {
  const panel = byId(id, HTMLElement);
  panel.hidden = !view.includes(id);
  // A page with many has many panels of a kind: who hears their names can tell them apart.
  if (nth > 1) panel.querySelector("h3")?.append(` ${nth}`);
}
const beside = view.filter((id) => id !== "editor-panel").length;
const all = innerWidth >= WIDE && innerHeight / Math.max(1, beside) >= PANEL_HEIGHT;
document.documentElement.dataset.layout = all ? "all" : "turns";
document.documentElement.style.setProperty("--beside", String(Math.max(1, beside)));
for (const [order, id] of view.entries()) {
  const { dataset, style } = byId(id, HTMLElement);
  style.order = String(order);
  if (all || (id === "editor-panel" && view.length > 1 && innerWidth >= NARROW)) dataset.pinned = "";
}

const playground = new Playground();
playground.show(program);
// Of those that take turns, the first one that the URL names is in sight.
const first = view.find((id) => byId(id, HTMLElement).dataset.pinned === undefined);
document.querySelector<HTMLElement>(`[aria-controls="${first}"]`)?.click();
notice(problem);
linkToPlayground();
if (parent !== window) {
  addEventListener("message", ({ source, data }: MessageEvent<unknown>) => {
    const message = source === parent ? readToFrame(data) : undefined;
    if (message?.type === "portico-theme") document.documentElement.dataset.theme = message.theme;
    else if (message) {
      void playground.run();
      // What runs is not what the page around asked for: that outlives the press of its button.
      notice(problem);
    }
  });
  parent.postMessage({ type: "portico-ready" }, "*");
}

/** The whole playground, with the program as it is now. The link is made when somebody is about to follow it. */
function linkToPlayground(): void {
  const link = document.createElement("a");
  link.textContent = "Open in the playground";
  link.href = "./";
  link.target = "_blank";
  link.rel = "noopener";
  link.className = "whole";
  for (const moment of ["pointerenter", "touchstart", "focus"] as const) {
    link.addEventListener(moment, () => void update(link), { passive: true });
  }
  byId("engine", HTMLElement).before(link);
}

async function update(link: HTMLAnchorElement): Promise<void> {
  link.href = `./${await hashOf(playground.program)}`;
}
