/**
 * The worker's half: prepares what Vitest's modules expect to find on the global object, then hands over
 * to the runner. The import is dynamic because those modules look at the globals when they are evaluated.
 */
import type { ToWorker } from "./protocol.ts";

const immediately = (load: () => Promise<unknown>) => load();

Object.assign(globalThis, {
  __vitest_browser_runner__: { wrapModule: immediately, wrapDynamicImport: immediately },
  __vitest_worker__: {
    config: { snapshotOptions: { updateSnapshot: "none", expand: false }, expect: {}, experimental: {} },
    environment: { name: "browser" },
    ctx: { pool: "browser" },
    providedContext: {},
    resolvingModules: new Set(),
    evaluatedModules: { idToModuleMap: new Map() },
  },
});

// The listener is there before the first await, so that no message is missed.
const loading = import("./runner.ts");
self.addEventListener("message", async ({ data }: MessageEvent<ToWorker>) => {
  const runner = await loading;
  if (data.type === "collect") await runner.runFile(data.file);
  else runner.start();
});
