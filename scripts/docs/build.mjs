/** Builds the docs site: the reference, and then all pages, into dist-docs/. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "vitepress";
import { root } from "../entries.mjs";
import { deadAnchors } from "./anchors.mjs";
import { makeReference } from "./reference.mjs";

await makeReference();
await build(`${root}docs`);

/** A compressed neighbour of every file that gains by it, which the server sends in its place. */
const names = await readdir(`${root}dist-docs`, { recursive: true });
for (const name of names.filter((each) => /\.(js|css|html|svg|json)$/.test(each))) {
  const path = join(`${root}dist-docs`, name);
  await writeFile(`${path}.gz`, gzipSync(await readFile(path), { level: 9 }));
}

const dead = await deadAnchors(
  `${root}dist-docs`,
  names.filter((each) => each.endsWith(".html")),
);
if (dead.length > 0) throw new Error(`links to places that are not there:\n${dead.join("\n")}`);
