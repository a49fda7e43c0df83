/** Warns of source files that have grown past reading in one go. Looks, never fails. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./entries.mjs";

const maxLines = 300;

for (const folder of ["src", "web", "scripts", "examples"]) {
  const names = await readdir(join(root, folder), { recursive: true }).catch(() => []);
  for (const name of names.filter((path) => /\.(ts|tsx|mjs)$/.test(path))) {
    const lines = (await readFile(join(root, folder, name), "utf8")).split("\n").length - 1;
    if (lines > maxLines)
      console.log(`warning: ${join(folder, name)} has ${lines} lines; is there a second noun in it?`);
  }
}
