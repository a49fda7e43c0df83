/** The program as a project for Node, in a zip file. Loaded when it is asked for. */
import { strToU8, zipSync } from "fflate";
import { version } from "../../package.json";
import type { Program } from "../app/program.ts";
import { asCurl } from "../http/curl.ts";

/** The package that this playground was built with, as its host has it. */
const PACKAGE = `portico-${version}.tgz`;
const PORT = 8080;

export async function projectZip(program: Program): Promise<{ name: string; bytes: Uint8Array }> {
  const name = `portico-${program.example ?? "playground"}`;
  const portico = await packedPortico();
  const texts = projectFiles(name, program, portico ? `file:${PACKAGE}` : `^${version}`);
  const files = Object.entries(texts).map(([path, text]) => [`${name}/${path}`, strToU8(text)] as const);
  const packed = portico ? { [`${name}/${PACKAGE}`]: portico } : {};
  return { name: `${name}.zip`, bytes: zipSync({ ...Object.fromEntries(files), ...packed }) };
}

/**
 * With the package in it the project depends on no registry for Portico. A static host may not have it; who has no network
 * at this moment is told so, and gets no project that would look elsewhere for it.
 */
async function packedPortico(): Promise<Uint8Array | undefined> {
  const response = await fetch(`./${PACKAGE}`);
  return response.ok ? new Uint8Array(await response.arrayBuffer()) : undefined;
}

function projectFiles(name: string, program: Program, portico: string): Readonly<Record<string, string>> {
  const manifest = {
    name,
    private: true,
    type: "module",
    engines: { node: ">=20.19" },
    scripts: { start: "esbuild server.ts --outfile=server.js --log-level=warning && node server.js" },
    dependencies: { portico },
    devDependencies: { esbuild: "^0.28.0" },
  };
  const readme = [
    `# ${name}`,
    "Made in Portico's playground. `npm install && npm start` runs it on Node; it says on which port it listens.",
    `The request that went with it, for port ${PORT}:`,
    `\`\`\`sh\n${asCurl(program.request, PORT)}\n\`\`\``,
  ];
  return {
    "package.json": `${JSON.stringify(manifest, null, 2)}\n`,
    "server.ts": program.code,
    "README.md": `${readme.join("\n\n")}\n`,
  };
}
