/**
 * The `@example`s of the sources compile as they stand there, and run where Node can: on the virtual network by the
 * entries for pages, or, where they import something of Node's, on TCP. What their comments promise holds
 * (blocks.ts), and what serves for ever answers `GET /`. Every public function and class has one.
 */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { root } from "../entries.mjs";
import { freePort } from "../program.ts";
import { type Example, examplesOfSources } from "./blocks.ts";
import { FETCH, REPORT, withChecks } from "./checks.ts";
import { compile } from "./compile.ts";
import { bundle, type Platform, run } from "./run.ts";

/** Examples that are compiled only, by the beginning of their source's path or a piece of their code, and why. */
const notRun: Readonly<Record<string, string>> = {
  "src/adapters/bun/": "needs Bun: scripts/runtime-tests",
  "src/adapters/deno/": "needs Deno: scripts/runtime-tests",
  "src/adapters/service-worker/": "needs a page with a service worker: e2e/previews.spec.ts",
  "src/adapters/webcontainer/": "needs a WebContainer: e2e/webcontainer.spec.ts",
  "src/embed/": "needs a page: e2e/embed.spec.ts",
  "fullchain.pem": "needs a certificate: src/adapters/node/tls/network.node.test.ts",
  "clients.pem": "needs certificates: src/adapters/node/tls/client-certificate.node.test.ts",
  'entryPoints: ["app.js"]': "needs the package, built: e2e/frameworks",
  'import "portico/node-http/globals"': "Node has these globals: e2e/frameworks.spec.ts",
  "src/testing/server-suite.ts": "a suite is a test file: src/adapters/virtual/server.test.ts",
  "src/testing/socket-contract.ts": "a suite is a test file: src/adapters/virtual/contract.test.ts",
};

/** Sources whose public functions and classes need no example, and why. */
const withoutExample: Readonly<Record<string, string>> = {
  "src/node-http/modules/": "Node's own modules, with Node's documentation",
  "src/node-http/incoming-message.ts": "Node's own class",
  "src/node-http/outgoing-headers.ts": "Node's own functions",
  "src/node-http/server-response.ts": "Node's own class",
  "src/node-http/stubs.ts": "what only says that it is not there",
};

const folder = join(root, ".build", `examples-${process.pid}`);
await mkdir(folder, { recursive: true });
afterAll(() => rm(folder, { recursive: true, force: true }));

const examples = await examplesOfSources();
/** An entry's variants for other platforms say the same. */
const different = examples.filter(
  ({ code, language }, index) =>
    language === "ts" && examples.findIndex((other) => other.code === code) === index,
);
const excused = (path: string, { source, code }: Example) => source.startsWith(path) || code.includes(path);
const programs = await Promise.all(
  different.map(async (example) => {
    const name = example.title.replace(/\W+/g, "-");
    const port = await freePort();
    return {
      ...example,
      ...withChecks(example.code.replace(/\b8080\b/g, `${port}`)),
      port,
      configures: example.code.includes("export default"),
      platform: (/from "(node:|portico\/(node|vite)"|esbuild"|vite"|vitepress")/.test(example.code)
        ? "node"
        : "page") as Platform,
      reason: Object.entries(notRun).find(([path]) => excused(path, example))?.[1],
      compiledPath: join(folder, `${name}.ts`),
      path: join(folder, `run-${name}.ts`),
      written: example.code,
    };
  }),
);
const running = programs.filter(({ reason }) => !reason);

/** As many lines stand before it as in the source, so that the compiler's numbers are the source's. */
for (const { compiledPath, line, written } of programs)
  await writeFile(compiledPath, `${"\n".repeat(line - 1)}${written}\nexport {};\n`);
for (const { path, code } of running) await writeFile(path, `${code}\nexport {};\n`);
const compiled = compile(programs.map(({ compiledPath }) => compiledPath));
for (const platform of ["page", "node"] as const)
  await bundle(
    running.filter((program) => program.platform === platform).map(({ path }) => path),
    platform,
  );

describe("the examples of the sources", () => {
  test("are there, each in a fence", () => {
    expect(programs.length).toBeGreaterThan(50);
    expect(examples.filter(({ language }) => !language).map(({ title }) => title)).toEqual([]);
  });

  test("compile", () => {
    const named = programs.reduce(
      (text, { compiledPath, source }) => text.replaceAll(compiledPath.slice(root.length), source),
      compiled.errors,
    );
    expect(named).toBe("");
  });

  test("are there for every public function and class", () => {
    const without = compiled.callables
      .filter(({ hasExample }) => !hasExample)
      .filter(({ source }) => !Object.keys(withoutExample).some((path) => source.startsWith(path)))
      .map(({ name, source }) => `${source} ${name}`);
    expect(without).toEqual([]);
  });

  test("have beside them, for every public option, what it is and what its default is", () => {
    expect(compiled.silentOptions).toEqual([]);
  });

  test("are not excused any more where they run, or are there", () => {
    const idle = Object.keys(notRun).filter((path) => !examples.some((example) => excused(path, example)));
    expect(idle).toEqual([]);
  });
});

describe("an example does what it says", () => {
  test.each(running)(
    "$title",
    { timeout: 10_000 },
    async ({ path, platform, port, serves, count, configures }) => {
      const log = vi.spyOn(console, "log").mockImplementation(() => {});
      const kept = new Set<number>();
      const global = globalThis as Record<string, unknown>;
      global[REPORT] = (index: number) => kept.add(index);
      const ended = run(path, platform);
      if (serves) {
        const failed = ended.then(() => new Promise<never>(() => {}));
        expect(await Promise.race([failed, statusOf(port)])).toBe(200);
      } else await ended;
      const promised = Array.from({ length: count }, (_, index) => index);
      await expect.poll(() => [...kept].sort((one, other) => one - other), { interval: 5 }).toEqual(promised);
      expect(serves || count > 0 || configures, "it promises nothing that can be looked at").toBe(true);
      log.mockRestore();
    },
  );
});

/** What the program answers to `GET /` as soon as it listens. */
async function statusOf(port: number): Promise<number> {
  const exchange = () => {
    const fetch = (globalThis as Record<string, unknown>)[FETCH] as typeof globalThis.fetch | undefined;
    return fetch?.(`http://localhost:${port}/`).catch(() => undefined);
  };
  const response = await vi.waitUntil(exchange, { interval: 5, timeout: 5000 });
  return response.status;
}
