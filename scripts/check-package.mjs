/**
 * Holds the package as its users get it: packs it, has publint and attw look at the tarball, installs that
 * into an empty directory, and there resolves every export on Node, bundles it for a page with esbuild and
 * type-checks a program that imports all of them. Wants an up-to-date dist/.
 */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env, execPath } from "node:process";
import { promisify } from "node:util";
import { build } from "esbuild";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { entries, root } from "./entries.mjs";
import { assertAscii } from "./first-read.mjs";

const run = promisify(execFile);
const npm = process.platform === "win32" ? "npm.cmd" : "npm";
const manifest = JSON.parse(await readFile(`${root}package.json`, "utf8"));
const names = [...new Set(entries.map((entry) => entry.name))];
const peers = Object.keys(manifest.peerDependencies ?? {});
/** Entry points that import a peer at once: who wants those has it. */
const WANT_PEERS = ["./testing"];
const counts = { passed: 0, failed: 0 };

/** Loads the chunk that only compression needs. */
const ECHO = `
  import { AsyncHttpServer, acceptWebSocket, createWebSocket, defaultNetwork } from "portico";
  const server = new AsyncHttpServer();
  await server.listen(0);
  const accepted = server.acceptRequest(async (request) => {
    const socket = await acceptWebSocket(request, { perMessageDeflate: true });
    for await (const message of socket) socket.send(message);
  });
  const WebSocket = createWebSocket(defaultNetwork);
  const client = new WebSocket("ws://localhost:" + server.getPort() + "/");
  client.onopen = () => client.send("echo ".repeat(1000));
  const { data } = await new Promise((resolve) => { client.onmessage = resolve; });
  await accepted;
  if (data !== "echo ".repeat(1000) || client.extensions !== "permessage-deflate") throw new Error("no echo");
  await server.close({ graceMs: 0 });`;

/** Node's build and the page's have a copy of each class. */
const SAME = `
  import { ClientError, NetworkError, defaultNetwork } from "portico";
  import * as client from "portico/client";
  import { NodeNetwork } from "portico/node";
  import http from "portico/node-http";
  import { VirtualNetwork } from "portico/virtual";
  if (client.ClientError !== ClientError || !(defaultNetwork instanceof NodeNetwork)) throw new Error("two copies");
  if (typeof http.createServer !== "function") throw new Error("portico/node-http has no default export");
  const refused = await client.createFetch(new VirtualNetwork())("http://localhost:1/").catch((error) => error);
  if (!(refused.cause instanceof NetworkError)) throw new Error("two copies: " + refused.cause);`;

/** A file, as reading one loads more. Each is a part of a millisecond of every program's start. */
const LOADED = `
  import "node:net";
  const before = new Set(process.moduleLoadList);
  await import("portico");
  const more = process.moduleLoadList.filter((name) => !before.has(name));
  if (more.length > 0) throw new Error("importing portico loads " + more.join(", "));`;

const scratch = await mkdtemp(join(tmpdir(), "portico-package-"));
try {
  await checkAll();
} finally {
  await rm(scratch, { recursive: true, force: true });
}
if (env.STEP_COUNTS) await writeFile(env.STEP_COUNTS, JSON.stringify(counts));
process.exitCode = counts.failed > 0 ? 1 : 0;

async function checkAll() {
  const packed = await run(npm, ["pack", "--ignore-scripts", "--json", "--pack-destination", scratch], {
    cwd: root,
  });
  const tarball = join(scratch, JSON.parse(packed.stdout)[0].filename);
  const home = join(scratch, "user");

  await check("publint finds nothing", async () => {
    const { messages } = await publint({ pkgDir: root, pack: false, strict: true });
    if (messages.length > 0)
      throw new Error(messages.map((each) => formatMessage(each, manifest)).join("\n"));
  });
  await check("attw finds nothing", () =>
    run(execPath, [
      `${root}node_modules/@arethetypeswrong/cli/dist/index.js`,
      tarball,
      "--profile",
      "esm-only",
    ]),
  );
  await check("the tarball installs in an empty directory", () => install(tarball, home));
  for (const name of names.filter((each) => !WANT_PEERS.includes(each))) {
    await check(`Node resolves ${specifier(name)} without the peers`, () => resolveOnNode(name, home));
  }
  await linkPeers(home);
  for (const name of names) {
    await check(`Node resolves ${specifier(name)}`, () => resolveOnNode(name, home));
  }
  await check("what Node reads first is ASCII", () =>
    assertAscii(join(home, "node_modules/portico", manifest.exports["."].node.default)),
  );
  await check("of Node's modules importing portico loads what node:net does", async () => {
    await writeFile(join(home, "loaded.mjs"), LOADED);
    await run(execPath, ["loaded.mjs"], { cwd: home });
  });
  for (const name of names.filter(forPages)) {
    await check(`esbuild bundles ${specifier(name)} for a page`, () => bundle(name, home));
  }
  await check("a class is the same one from every name, and node-http is there as a whole", () =>
    run(execPath, ["--input-type=module", "--eval", SAME], { cwd: home }),
  );
  await check("a compressed WebSocket works on Node, with nothing else installed", () => echo(home));
  await check("and bundled for a page", () => bundledEcho(home));
  await check("a program that imports everything type-checks", () => typeCheck(home));
  await check("a program for Node alone type-checks, without the DOM's library", () =>
    typeCheckForNode(home),
  );
  await check("a program for a page type-checks, with a page's libraries alone", () =>
    typeCheckForPage(home),
  );
}

/**
 * @param {string} title
 * @param {() => Promise<unknown>} action
 */
async function check(title, action) {
  try {
    await action();
    counts.passed += 1;
    console.log(`ok      ${title}`);
  } catch (error) {
    counts.failed += 1;
    const { message = String(error), stdout = "" } = /** @type {Error & { stdout?: string }} */ (error);
    console.log(`FAILED  ${title}\n${message}\n${stdout}`);
  }
}

/** @param {string} name */
function specifier(name) {
  return `portico${name.slice(1)}`;
}

/** @param {string} name */
function forPages(name) {
  return entries.some((entry) => entry.name === name && !entry.nodeOnly);
}

/**
 * @param {string} tarball
 * @param {string} home
 */
async function install(tarball, home) {
  await mkdir(home);
  await writeFile(
    join(home, "package.json"),
    JSON.stringify({ name: "user", private: true, type: "module" }),
  );
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error", "--legacy-peer-deps"];
  await run(npm, ["install", ...quiet, tarball], { cwd: home });
}

/**
 * What the repository has stands in for what users install.
 *
 * @param {string} home
 */
async function linkPeers(home) {
  for (const name of [...peers, "@types/node"]) {
    const target = join(home, "node_modules", name);
    await mkdir(join(target, ".."), { recursive: true });
    await symlink(join(root, "node_modules", name), target, "dir").catch(() =>
      cp(join(root, "node_modules", name), target, { recursive: true }),
    );
  }
}

/**
 * @param {string} name
 * @param {string} home
 */
async function resolveOnNode(name, home) {
  const program = `await import(${JSON.stringify(specifier(name))})`;
  await run(execPath, ["--input-type=module", "--eval", program], { cwd: home });
}

/**
 * @param {string} name
 * @param {string} home
 */
async function bundle(name, home) {
  const contents = `export * from ${JSON.stringify(specifier(name))};`;
  await build({
    stdin: { contents, resolveDir: home },
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    external: peers,
    logLevel: "silent",
  });
}

/** @param {string} home */
async function echo(home) {
  await run(execPath, ["--input-type=module", "--eval", ECHO], { cwd: home });
}

/**
 * Node stands in for the page; what it runs is what a page would get, in one file.
 *
 * @param {string} home
 */
async function bundledEcho(home) {
  const outfile = join(home, "echo.mjs");
  await build({
    stdin: { contents: ECHO, resolveDir: home },
    bundle: true,
    outfile,
    format: "esm",
    platform: "browser",
    logLevel: "silent",
  });
  await run(execPath, [outfile], { cwd: scratch });
}

/** @param {string} home */
async function typeCheckForNode(home) {
  const program = ["", "/client", "/node", "/node-http", "/static", "/virtual"]
    .map((name, index) => `import * as _${index} from "portico${name}";\nvoid _${index};`)
    .join("\n");
  await writeFile(join(home, "index.ts"), program);
  const lib = ["ES2023", "ESNext.Disposable"];
  const compilerOptions = {
    target: "ES2022",
    module: "NodeNext",
    lib,
    types: ["node"],
    strict: true,
    noEmit: true,
  };
  await writeFile(join(home, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["index.ts"] }));
  await run(execPath, [`${root}node_modules/typescript/bin/tsc`, "-p", home]);
}

/**
 * With no more libraries than Vite's template has, and no types of Node's: what declarations need else they name.
 *
 * @param {string} home
 */
async function typeCheckForPage(home) {
  const used = ["", "/client", "/embed", "/light-fetch/install", "/service-worker", "/static", "/virtual"];
  const imports = used.map((name, index) => `import * as _${index} from "portico${name}";\nvoid _${index};`);
  const program = [...imports, "await using server = new _0.AsyncHttpServer();", "void server.listening;"];
  await writeFile(join(home, "index.ts"), program.join("\n"));
  const compilerOptions = {
    target: "ES2022",
    module: "ESNext",
    moduleResolution: "bundler",
    lib: ["ES2022", "DOM", "DOM.Iterable"],
    types: [],
    strict: true,
    noEmit: true,
  };
  await writeFile(join(home, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["index.ts"] }));
  await run(execPath, [`${root}node_modules/typescript/bin/tsc`, "-p", home]);
}

/** @param {string} home */
async function typeCheck(home) {
  const imports = names.map((name, index) => `import * as _${index} from "${specifier(name)}";`);
  const uses = names.map((_, index) => `void _${index};`);
  await writeFile(join(home, "index.ts"), [...imports, ...uses].join("\n"));
  const options = {
    target: "ES2022",
    lib: ["ES2023", "ESNext.Disposable", "DOM", "DOM.Iterable", "DOM.AsyncIterable"],
    types: ["node"],
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: peers.length > 0,
  };
  for (const [module, moduleResolution] of [
    ["NodeNext", "NodeNext"],
    ["ESNext", "bundler"],
  ]) {
    const compilerOptions = { ...options, module, moduleResolution };
    await writeFile(join(home, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["index.ts"] }));
    await run(execPath, [`${root}node_modules/typescript/bin/tsc`, "-p", home]);
  }
}
