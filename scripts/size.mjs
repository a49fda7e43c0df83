/**
 * `npm run size`: what Portico costs a page, bundled from dist/, minified and gzipped. `goalKb` is where it has to
 * get to, `maxKb` is what holds it meanwhile: nothing grows, and whoever makes it smaller lowers the number.
 *
 * What is left is logic: of the server's 17.8 KB texts are 1.5 (a third of it reason phrases), and sharing code that is
 * alike gives next to nothing when gzipped. Fewer mechanisms do: a second redesign of each part would have to find some.
 */
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { asked, flagsFrom } from "./arguments.mjs";
import { entries, root } from "./entries.mjs";

const { verbose } = asked(() => flagsFrom("verbose"));

/** @typedef {{ title: string, imports: Record<string, string>, maxKb: number, goalKb: number }} Bundle */

const server = { portico: "AsyncHttpServer", "portico/virtual": "VirtualNetwork" };

/**
 * KB are 1000 bytes here, the stricter reading.
 *
 * @type {readonly Bundle[]}
 */
const bundles = [
  { title: "server and virtual network", imports: server, maxKb: 17.9, goalKb: 14 },
  {
    title: "server, virtual network and client",
    imports: { ...server, "portico/client": "createFetch" },
    maxKb: 23.4,
    goalKb: 20,
  },
  {
    title: "embed, before Run is pressed",
    imports: { "portico/embed": "HttpPlayground" },
    maxKb: 4,
    goalKb: 8,
  },
];

for (const bundle of bundles) {
  const missing = Object.keys(bundle.imports).filter(
    (specifier) => !entries.some(({ name }) => `portico${name.slice(1)}` === specifier),
  );
  if (missing.length > 0)
    console.log(`note: ${bundle.title}: there is no ${missing.join(" and no ")} to measure`);
  else await measure(bundle);
}

/** @param {Bundle} bundle */
async function measure({ title, imports, maxKb, goalKb }) {
  const lines = Object.entries(imports).map(([from, name]) => `export { ${name} } from "${from}";`);
  const { outputFiles, metafile } = await build({
    stdin: { contents: lines.join("\n"), resolveDir: root },
    bundle: true,
    write: false,
    minify: true,
    metafile: true,
    // The package as installed, not the sources that tsconfig.json leads its name to.
    tsconfigRaw: {},
    logLevel: "error",
    format: "esm",
    platform: "browser",
    target: "es2022",
  });
  const bytes = outputFiles.reduce((sum, file) => sum + gzipSync(file.contents, { level: 9 }).length, 0);
  const kb = (bytes / 1000).toFixed(1);
  console.log(
    `size: ${title}: ${kb} KB of at most ${maxKb} KB, minified and gzipped; the goal is ${goalKb} KB`,
  );
  if (verbose) listParts(metafile);
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
