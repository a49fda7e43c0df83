/**
 * Holds the direction of imports: a byte's way through the tree stays readable as long as
 * web -> adapters -> server, client, websocket, static -> http1 and socket goes one way only.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { root } from "./entries.mjs";

interface Area {
  /** Areas of src/ whose modules may be imported, beside the area's own. */
  readonly areas: readonly string[];
  /** Packages that may be imported. */
  readonly packages?: readonly string[];
  readonly node?: true;
}

const everything = [
  "http1",
  "socket",
  "server",
  "client",
  "websocket",
  "static",
  "middleware",
  "adapters",
  "testing",
  "embed",
];
const platform = ["http1", "socket", "server", "client", "websocket", "static", "middleware"];

/** The longest matching path decides. Tests are free in what they import from src/, not in `node:*`. */
const areas: Readonly<Record<string, Area>> = {
  "src/http1": { areas: [] },
  "src/socket": { areas: [] },
  "src/server": { areas: ["http1", "socket"] },
  "src/client": { areas: ["http1", "socket"], packages: ["tough-cookie"] },
  "src/websocket": { areas: ["http1", "socket", "server", "client"], packages: ["pako"] },
  "src/middleware": { areas: ["http1", "socket", "server"] },
  "src/static": { areas: ["http1", "socket", "server"], packages: ["mrmime"] },
  "src/adapters": { areas: [...platform, "adapters"] },
  "src/adapters/node": { areas: [...platform, "adapters"], node: true },
  "src/adapters/service-worker": { areas: [...platform, "adapters"], packages: ["tough-cookie"] },
  "src/adapters/vite": { areas: [], node: true },
  "src/adapters/webcontainer": {
    areas: [...platform, "adapters"],
    packages: ["@webcontainer/api", "virtual:portico-package"],
  },
  // Beside `src/index.*.ts`, which decide on the default network.
  "src/node-http": {
    areas: [...platform, "adapters", ...["node", "browser", "bun", "deno"].map((on) => `index.${on}.ts`)],
    packages: ["@noble/hashes", "buffer", "events", "pathe", "readable-stream", "url"],
  },
  "src/testing": { areas: [...platform, "adapters"], packages: ["vitest", "fast-check"] },
  "src/embed": { areas: [] },
  "src/markdown-it": { areas: [] },
  "src/index": { areas: [...platform, "adapters"] },
  "src/cli": { areas: everything, node: true },
  web: { areas: [...everything, "index.browser.ts", "catalogue.json", "package.json"], packages: ["*"] },
  examples: { areas: [], packages: ["portico"] },
  "examples/test": { areas: [], packages: ["portico", "vitest"] },
};

const isTest = (file: string) => /\.(test|fixture)\.ts$|\/test\//.test(file);
const mayUseNode = (file: string) => /\.(?:node\.(?:test|fixture)|program\.test)\.ts$/.test(file);

const files = ["src", "examples", "web"].flatMap(sources);

describe("import direction", () => {
  test("every source file belongs to an area", () => {
    expect(files.filter((file) => areaOf(file) === undefined)).toEqual([]);
  });

  test("every import is one that its area allows", () => {
    expect(files.flatMap((file) => violations(file))).toEqual([]);
  });

  test("the rules see through each kind of import", () => {
    const text = `import a from "../server/a.ts"; import type { B } from "../client/b.ts";
      export * from "node:fs"; const c = await import("mrmime"); type D = import("./d.ts").D;`;
    expect(violations("src/http1/x.ts", text)).toEqual([
      "src/http1/x.ts imports ../server/a.ts: http1 may not import from server",
      "src/http1/x.ts imports ../client/b.ts: http1 may not import from client",
      "src/http1/x.ts imports node:fs: only adapters/node, the command line and *.node.test.ts may",
      "src/http1/x.ts imports mrmime: http1 may not use this package",
    ]);
  });
});

function sources(folder: string): string[] {
  try {
    const names = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
    return names.filter((name) => /\.tsx?$/.test(name)).map((name) => posix.join(folder, name));
  } catch {
    return [];
  }
}

function areaPath(file: string): string | undefined {
  const paths = Object.keys(areas).filter(
    (path) => file.startsWith(`${path}/`) || file.startsWith(`${path}.`),
  );
  return paths.sort((a, b) => b.length - a.length)[0];
}

function areaOf(file: string): Area | undefined {
  const path = areaPath(file);
  return path === undefined ? undefined : areas[path];
}

function violations(file: string, text = readFileSync(join(root, file), "utf8")): string[] {
  return ts
    .preProcessFile(text, true, true)
    .importedFiles.map(({ fileName }) => ({ fileName, problem: problemOf(file, fileName) }))
    .filter(({ problem }) => problem !== undefined)
    .map(({ fileName, problem }) => `${file} imports ${fileName}: ${problem}`);
}

function problemOf(file: string, target: string): string | undefined {
  const area = areaOf(file);
  if (area === undefined) return undefined;
  if (target.startsWith("node:")) {
    const allowed = area.node || mayUseNode(file);
    return allowed ? undefined : "only adapters/node, the command line and *.node.test.ts may";
  }
  if (isTest(file)) return undefined;
  const name = areaPath(file)?.replace(/^src\//, "");
  if (!target.startsWith(".")) {
    const packages = area.packages ?? [];
    const used = target
      .split("/")
      .slice(0, target.startsWith("@") ? 2 : 1)
      .join("/");
    return packages.includes("*") || packages.includes(used) ? undefined : `${name} may not use this package`;
  }
  const path = relative(root, join(root, dirname(file), target)).replaceAll("\\", "/");
  const [here, there] = [areaPath(file) ?? "", areaPath(path) ?? ""];
  if (here === there || (here === "examples/test" && there === "examples")) return undefined;
  const imported = path.split("/")[1] ?? path;
  return area.areas.includes(imported) ? undefined : `${name} may not import from ${imported}`;
}
