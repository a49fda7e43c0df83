/** `dist/portico-sw.js`: a classic script, whole in one file, that a page registers as its service worker. */
import { servePreviews } from "./serve-previews.ts";
import type { WorkerScope } from "./worker-scope.ts";

servePreviews(globalThis as unknown as WorkerScope);
