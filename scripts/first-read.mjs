/**
 * What Node reads before it can run a module: the module and what it imports, but not what it imports later. V8 takes
 * such a file as it is where all of it is ASCII; a single other octet, be it in a comment, has it decoded and kept as
 * UTF-16, which took 0.7 to 1 ms of the 10 that importing Portico takes (bench/README.md).
 */
import { readFile } from "node:fs/promises";
import { build } from "esbuild";

/**
 * @param {string} path The module.
 * @returns {Promise<readonly string[]>} The files, each with its absolute path.
 */
async function firstRead(path) {
  const { metafile } = await build({
    entryPoints: [path],
    absWorkingDir: "/",
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "node",
    packages: "external",
    logLevel: "silent",
  });
  const found = new Set([path.replace(/^\//, "")]);
  for (const file of found) {
    for (const { kind, path: next, external } of metafile.inputs[file]?.imports ?? []) {
      if (kind === "import-statement" && !external) found.add(next);
    }
  }
  return [...found].map((file) => `/${file}`);
}

/**
 * Holds that they are ASCII.
 *
 * @param {string} path The module.
 * @throws Error that names the first place which is not
 */
export async function assertAscii(path) {
  const files = await firstRead(path);
  if (files.length < 2) throw new Error(`${path} imports nothing: is it Node's build?`);
  for (const file of files) {
    const lines = (await readFile(file, "latin1")).split("\n");
    const at = lines.findIndex((line) => /[\x80-\xff]/.test(line));
    if (at < 0) continue;
    const line = Buffer.from(lines[at] ?? "", "latin1").toString("utf8");
    throw new Error(
      `${file}:${at + 1} is not ASCII, which Node takes longer to read: ${line.trim().slice(0, 200)}`,
    );
  }
}
