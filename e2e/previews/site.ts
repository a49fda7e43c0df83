/** The static host of these tests, which is Portico on Node: a page, its script, and workers of several kinds. */
import { readFile } from "node:fs/promises";
import { build } from "esbuild";
import type { Page } from "playwright/test";
import { AsyncHttpServer } from "portico";
import type { ExposeOptions } from "portico/service-worker";
import { root } from "../../scripts/entries.mjs";

const script = { "Content-Type": "text/javascript", "Cache-Control": "no-cache" };
const html = { "Content-Type": "text/html; charset=utf-8" };

/** A worker's file that a test can exchange for another one. */
export type WorkerKind = "current" | "newer" | "buffering" | "hasty";

export interface PreviewSite {
  readonly url: string;
  /** What `/portico-sw.js` is from now on. */
  worker: WorkerKind;
  /** Requests that came here, as "METHOD path". */
  readonly requests: string[];
  close(): Promise<void>;
}

export async function startSite(): Promise<PreviewSite> {
  const host = await bundle(`${root}e2e/previews/host.ts`, "esm");
  const source = JSON.stringify(`${root}src/adapters/service-worker/index.ts`);
  const workers: Record<WorkerKind, string> = {
    current: await readFile(`${root}dist/portico-sw.js`, "utf8"),
    newer: await bundleText(`import { servePreviews } from ${source}; servePreviews(self, { version: 99 });`),
    hasty: await bundleText(
      `import { servePreviews } from ${source}; servePreviews(self, { waits: { seekMs: 300, answerMs: 600 } });`,
    ),
    // As in browsers whose requests have no stream of their body.
    buffering: await bundleText(
      `import { servePreviews } from ${source};
       Object.defineProperty(Request.prototype, "body", { get: () => undefined });
       servePreviews(self);`,
    ),
  };
  // What any bridge is measured against: a worker that answers by itself.
  const bare = `self.addEventListener("install", () => self.skipWaiting());
    self.addEventListener("activate", (event) => event.waitUntil(clients.claim()));
    self.addEventListener("fetch", (event) => {
      if (event.request.url.endsWith("/hello")) event.respondWith(new Response("Hello World"));
    });`;
  const site: { worker: WorkerKind } = { worker: "current" };
  const requests: string[] = [];
  const server = new AsyncHttpServer();
  const port = await new Promise<number>((resolve, reject) => {
    server
      .serve(
        0,
        async (request) => {
          const { pathname } = request.url;
          requests.push(`${request.method} ${pathname}`);
          if (pathname === "/host.js") await request.respond(200, host, script);
          else if (pathname.endsWith("/portico-sw.js"))
            await request.respond(200, workers[site.worker], script);
          else if (pathname === "/bare/sw.js") await request.respond(200, bare, script);
          else if (pathname === "/" || pathname.startsWith("/bare/")) {
            await request.respond(
              200,
              '<!doctype html><title>host</title><script type="module" src="/host.js"></script>',
              html,
            );
          } else if (request.method === "POST")
            await request.respond(200, `the host got ${await request.text()}`);
          else await request.respond(404, "The static host has no such file");
        },
        { address: "localhost", onListen: () => resolve(server.getPort()) },
      )
      .catch(reject);
  });
  return Object.assign(site, {
    url: `http://localhost:${port}/`,
    requests,
    close: () => server.close({ graceMs: 0 }),
  });
}

/** Opens the host's page, with its app and bridge. @returns the URL of the app's root */
export async function openHost(
  page: Page,
  site: PreviewSite,
  options: ExposeOptions = { scope: "/" },
): Promise<string> {
  page.on("pageerror", (error) => console.log(`page error: ${error.message}`));
  await page.goto(site.url);
  await page.waitForFunction(() => globalThis.host !== undefined);
  return page.evaluate((given) => host.start(given), options);
}

const options = {
  bundle: true,
  write: false,
  platform: "browser",
  target: "es2022",
  logLevel: "error",
} as const;

async function bundle(entry: string, format: "esm" | "iife"): Promise<string> {
  const alias = {
    portico: `${root}dist/index.browser.js`,
    "portico/service-worker": `${root}dist/service-worker.js`,
    "portico/static": `${root}dist/static.js`,
    "portico/virtual": `${root}dist/virtual.js`,
  };
  const { outputFiles } = await build({ ...options, entryPoints: [entry], format, alias });
  return outputFiles[0]?.text ?? "";
}

async function bundleText(contents: string): Promise<string> {
  const { outputFiles } = await build({ ...options, stdin: { contents, resolveDir: root }, format: "iife" });
  return outputFiles[0]?.text ?? "";
}
