/** The static host of these tests, which is Portico on Node: a page, its script, and workers of several kinds. */
import { readFile } from "node:fs/promises";
import { build } from "esbuild";
import type { Page } from "playwright/test";
import { AsyncHttpServer, type HttpRequest } from "portico";
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
  const [host, workers, readme] = await Promise.all([hostScript(), workerFiles(), readmePage()]);
  const site: { worker: WorkerKind } = { worker: "current" };
  const requests: string[] = [];
  /** Content and fields, `undefined` for what is not there. */
  const file = (path: string): [string, Record<string, string>] | undefined => {
    if (path === "/host.js") return [host, script];
    if (path === "/bare/sw.js") return [BARE_WORKER, script];
    if (path === "/readme") return [readme, html];
    if (/^(\/below|\/bare)?\/portico-sw\.js$/.test(path)) return [workers[site.worker], script];
    return ["/", "/deep/page", "/bare/", "/bare/host"].includes(path) ? [HOST_PAGE, html] : undefined;
  };
  const server = new AsyncHttpServer();
  const answer = async (request: HttpRequest) => {
    const { pathname } = request.url;
    requests.push(`${request.method} ${pathname}`);
    const [content, headers] = file(pathname) ?? [];
    if (content !== undefined) await request.respond(200, content, headers);
    else if (request.method === "POST") await request.respond(200, `the host got ${await request.text()}`);
    else await request.respond(404, "The static host has no such file");
  };
  const port = await new Promise<number>((resolve, reject) => {
    const onListen = () => resolve(server.getPort());
    server.serve(0, answer, { address: "localhost", onListen }).catch(reject);
  });
  return Object.assign(site, {
    url: `http://localhost:${port}/`,
    requests,
    close: () => server.close({ graceMs: 0 }),
  });
}

const HOST_PAGE = '<!doctype html><title>host</title><script type="module" src="/host.js"></script>';

/** What any bridge is measured against: a worker that answers by itself. */
const BARE_WORKER = `
  self.addEventListener("install", () => self.skipWaiting());
  self.addEventListener("activate", (event) => event.waitUntil(clients.claim()));
  self.addEventListener("fetch", (event) => {
    if (event.request.url.endsWith("/hello")) event.respondWith(new Response("Hello World"));
  });`;

const hostScript = () => bundle(`export * from ${JSON.stringify(`${root}e2e/previews/host.ts`)};`, "esm");

async function workerFiles(): Promise<Record<WorkerKind, string>> {
  const source = JSON.stringify(`${root}src/adapters/service-worker/index.ts`);
  const worker = (options: string, before = "") =>
    bundle(`import { servePreviews } from ${source}; ${before} servePreviews(self, ${options});`, "iife");
  // As in browsers whose requests have no stream of their body.
  const noBody = 'Object.defineProperty(Request.prototype, "body", { get: () => undefined });';
  const [current, newer, hasty, buffering] = await Promise.all([
    readFile(`${root}dist/portico-sw.js`, "utf8"),
    worker("{ version: 99 }"),
    worker("{ waits: { seekMs: 300, answerMs: 600 } }"),
    worker("{}", noBody),
  ]);
  return { current, newer, hasty, buffering };
}

/** The page of the README, its program bundled. */
async function readmePage(): Promise<string> {
  const text = await readFile(`${root}README.md`, "utf8");
  const found = /```html\n(.*?)<script type="module">(.*?)<\/script>/s.exec(text);
  const program = (await bundle(found?.[2] ?? "", "esm")).replaceAll("</script", "<\\/script");
  return `<!doctype html>${found?.[1] ?? ""}<script type="module">${program}</script>`;
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

async function bundle(contents: string, format: "esm" | "iife"): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    write: false,
    format,
    platform: "browser",
    target: "es2022",
    logLevel: "error",
    alias: {
      portico: `${root}dist/index.browser.js`,
      "portico/service-worker": `${root}dist/service-worker.js`,
      "portico/static": `${root}dist/static.js`,
      "portico/virtual": `${root}dist/virtual.js`,
    },
  });
  return outputFiles[0]?.text ?? "";
}
