/** The playground's engines. All but the page engine are loaded when they are asked for. */

import type { Network } from "../../src/socket/index.ts";
import { EngineUnavailable } from "../engine/engine.ts";
import { Ladder } from "../engine/ladder.ts";
import { PageEngine } from "../engine/page-engine.ts";
import { notice } from "./notice.ts";
import type { Program } from "./program.ts";
import { linkTo } from "./share.ts";

/** The same page, with the headers that isolate it across origins, which nothing but a WebContainer needs. */
const ISOLATED = "isolated.html";

/** @param network the page's, tapped and under its conditions */
export function engineLadder(network: Network, onChange: () => void): Ladder {
  const page = new PageEngine(network);
  const rungs = {
    "service worker": async () => {
      const { openServiceWorkerEngine } = await import("../engine/service-worker-engine.ts");
      return openServiceWorkerEngine(page);
    },
    WebContainer: async () => {
      if (!crossOriginIsolated)
        throw new EngineUnavailable("this host does not isolate its pages (COOP and COEP)");
      const { openWebContainerEngine } = await import("../engine/webcontainer-engine.ts");
      return openWebContainerEngine(network);
    },
  };
  return new Ladder(page, rungs, onChange);
}

/** In the tab's memory, where no link can write: what came here from the playground itself, and not from a stranger. */
const MOVED = "portico-moved";

/** Goes to the isolated page with what is here. */
export async function openIsolated(program: Program): Promise<void> {
  const hash = await linkTo(program);
  if (hash === undefined)
    return notice("This program is too long to be taken to the page that WebContainers need.");
  try {
    sessionStorage.setItem(MOVED, hash);
  } catch {
    // Storage is off: it opens as any link does.
  }
  location.assign(`./${ISOLATED}${hash}`);
}

/** Whether this tab brought the program of the location's hash here itself. */
export function wasMovedHere(): boolean {
  try {
    return sessionStorage.getItem(MOVED) === location.hash;
  } catch {
    return false;
  }
}

/** On the isolated page a WebContainer is wanted, and booted when somebody says so. */
export async function wakeUp(ladder: Ladder): Promise<void> {
  if (!location.pathname.endsWith(`/${ISOLATED}`)) return;
  if (!crossOriginIsolated) await isolate();
  ladder.sleep("WebContainer", "WebContainer: not booted yet");
}

/** On hosts that can't send headers, a worker adds them, and the page loads once again. */
async function isolate(): Promise<void> {
  const { isolatePage } = await import("../../src/adapters/service-worker/page/isolate-page.ts");
  await isolatePage({ scope: "./isolated", worker: "./portico-sw.js", policy: "require-corp" }).catch(
    () => false,
  );
}
