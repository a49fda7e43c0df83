/** `portico/vite` in a real Vite, from the built package: in development and in a build. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "playwright/test";
import { build, createServer } from "vite";
import { root as repository } from "../scripts/entries.mjs";

// From the build: the plugin finds the worker's file beside itself.
const built = new URL("../dist/vite.js", import.meta.url).href;
const { porticoWorker } = (await import(built)) as typeof import("portico/vite");

let root: string;
const worker = () => readFile(`${repository}dist/portico-sw.js`, "utf8");

test.beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "portico-vite-"));
  await writeFile(join(root, "index.html"), "<!doctype html><title>x</title>");
});
test.afterEach(() => rm(root, { recursive: true }));

for (const base of ["/", "/app/"]) {
  test(`in development the worker is served below the base ${base}`, async () => {
    const server = await createServer({
      root,
      base,
      configFile: false,
      logLevel: "silent",
      server: { port: 0, host: "localhost", watch: null },
      plugins: [porticoWorker()],
    });
    try {
      await server.listen();
      const [url] = server.resolvedUrls?.local ?? [];
      const response = await fetch(new URL("portico-sw.js?isolate=require-corp", url));
      expect(response.headers.get("content-type")).toBe("text/javascript");
      expect(await response.text()).toBe(await worker());
    } finally {
      await server.close();
    }
  });
}

test("a build has the worker as a file of its own", async () => {
  const plugins = [porticoWorker({ fileName: "workers/previews.js" })];
  await build({ root, configFile: false, logLevel: "silent", plugins });
  expect(await readFile(join(root, "dist/workers/previews.js"), "utf8")).toBe(await worker());
});
