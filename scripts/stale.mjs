/** Tells what has to be built again. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { root } from "./entries.mjs";

/**
 * @param {string} path A file, or a folder with everything below it, relative to the root.
 * @returns {number} When the newest of it changed; 0 where nothing is there.
 */
function newestMs(path) {
  const found = statSync(join(root, path), { throwIfNoEntry: false });
  if (!found?.isDirectory()) return found?.mtimeMs ?? 0;
  const names = readdirSync(join(root, path), { recursive: true, encoding: "utf8" });
  // A folder's own time tells of files that were removed.
  return Math.max(found.mtimeMs, ...names.map((name) => statSync(join(root, path, name)).mtimeMs));
}

/**
 * @param {string} output A file that the build writes.
 * @param {readonly string[]} inputs Files and folders that it is made from.
 */
export function isStale(output, inputs) {
  const written = newestMs(output);
  return written === 0 || inputs.some((input) => newestMs(input) > written);
}
