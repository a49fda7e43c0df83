/** Holds package.json's `exports` to the table of entry points; `--write` writes them. */
import { readFile, writeFile } from "node:fs/promises";
import { asked, flagsFrom } from "./arguments.mjs";
import { expectedExports, root } from "./entries.mjs";

const { write } = asked(() => flagsFrom("write"));
const path = `${root}package.json`;
const manifest = JSON.parse(await readFile(path, "utf8"));
const expected = expectedExports();

if (JSON.stringify(manifest.exports) === JSON.stringify(expected)) {
  console.log(`exports: ${Object.keys(expected).length} names, as in scripts/entries.mjs`);
} else if (write) {
  await writeFile(path, `${JSON.stringify({ ...manifest, exports: expected }, null, 2)}\n`);
  console.log("exports: written to package.json");
} else {
  console.error("exports: package.json differs from scripts/entries.mjs; `npm run exports` writes it");
  console.error(`wanted:\n${JSON.stringify(expected, null, 2)}`);
  process.exitCode = 1;
}
