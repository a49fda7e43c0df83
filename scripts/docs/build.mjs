/** Builds the docs site: the reference, and then all pages, into dist-docs/. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "vitepress";
import { root } from "../entries.mjs";
import { makeReference } from "./reference.mjs";

await makeReference();
await build(`${root}docs`);

/** A compressed neighbour of every file that gains by it, which the server sends in its place. */
const names = await readdir(`${root}dist-docs`, { recursive: true });
for (const name of names.filter((each) => /\.(js|css|html|svg|json)$/.test(each))) {
  const path = join(`${root}dist-docs`, name);
  await writeFile(`${path}.gz`, gzipSync(await readFile(path), { level: 9 }));
}
