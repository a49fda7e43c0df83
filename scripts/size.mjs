/** `npm run size`: what Portico costs a page, bundled from dist/, minified and gzipped, held to its limits. */
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { entries, root } from "./entries.mjs";

/** KB are 1000 bytes here, the stricter reading. */
const bundles = [
  { title: "server and virtual network", imports: ["AsyncHttpServer", "VirtualNetwork"], maxKb: 14 },
  {
    title: "server, virtual network and client",
    imports: ["AsyncHttpServer", "VirtualNetwork", "createFetch"],
    maxKb: 20,
  },
];

if (!entries.some((entry) => entry.name === "." && entry.condition === undefined)) {
  console.log("note: there is no entry point for pages to measure");
} else {
  for (const bundle of bundles) await measure(bundle);
}

/** @param {typeof bundles[number]} bundle */
async function measure({ title, imports, maxKb }) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: `export { ${imports.join(", ")} } from "portico";`, resolveDir: root },
    bundle: true,
    write: false,
    minify: true,
    metafile: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
  });
  const bytes = outputFiles.reduce((sum, file) => sum + gzipSync(file.contents, { level: 9 }).length, 0);
  const kb = (bytes / 1000).toFixed(1);
  console.log(`size: ${title}: ${kb} KB of at most ${maxKb} KB, minified and gzipped`);
  if (process.argv.includes("--verbose")) listParts(metafile);
  if (bytes > maxKb * 1000) {
    console.error(`${title}: ${kb} KB is more than ${maxKb} KB`);
    process.exitCode = 1;
  }
}

/** @param {import("esbuild").Metafile} metafile */
function listParts(metafile) {
  const parts = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  for (const [path, { bytesInOutput }] of parts.sort((a, b) => b[1].bytesInOutput - a[1].bytesInOutput)) {
    console.log(`  ${String(bytesInOutput).padStart(7)}  ${path}`);
  }
}
