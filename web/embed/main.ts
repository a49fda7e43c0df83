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

const { view, theme, nth, program, problem } = await readOptions(location);
if (theme) document.documentElement.dataset.theme = theme;
for (const id of PANEL_IDS) {
  const panel = byId(id, HTMLElement);
  panel.hidden = !view.includes(id);
  // A page with many has many panels of a kind: who hears their names can tell them apart.
  if (nth > 1) panel.querySelector("h3")?.append(` ${nth}`);
}
const code = byId("editor-panel", HTMLElement);
if (view.length > 1 && !code.hidden && innerWidth >= NARROW) code.dataset.pinned = "";
document.documentElement.dataset.panels = String(view.length);

const playground = new Playground();
playground.show(program);
notice(problem);
linkToPlayground();
if (parent !== window) {
  addEventListener("message", ({ source, data }: MessageEvent<unknown>) => {
    const message = source === parent ? readToFrame(data) : undefined;
    if (message?.type === "portico-theme") document.documentElement.dataset.theme = message.theme;
    else if (message) void playground.run();
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
