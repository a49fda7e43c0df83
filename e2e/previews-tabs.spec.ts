/** Several tabs, other versions, and what is gone. */
import { expect, type Page, test } from "playwright/test";
import { openHost, type PreviewSite, startSite } from "./previews/site.ts";

let site: PreviewSite;

test.beforeEach(async () => {
  site = await startSite();
});
test.afterEach(() => site.close());

const text = (page: Page, url: string) => page.evaluate(async (href) => (await fetch(href)).text(), url);
const status = (page: Page, url: string) => page.evaluate(async (href) => (await fetch(href)).status, url);

test("two tabs have a server each, and neither sees the other's", async ({ page, context }) => {
  const other = await context.newPage();
  const mine = await openHost(page, site);
  const theirs = await openHost(other, site);
  expect(mine).not.toBe(theirs);
  await Promise.all([text(page, `${mine}echo/1`), text(other, `${theirs}echo/2`)]);
  expect(await page.evaluate(() => host.app.requests)).toEqual(["GET /echo/1"]);
  expect(await other.evaluate(() => host.app.requests)).toEqual(["GET /echo/2"]);
  // Cookies of one are not the other's.
  await page.evaluate((href) => fetch(`${href}login`, { method: "POST" }), mine);
  expect(await text(page, `${mine}me`)).toContain("sid=abc");
  expect(await text(other, `${theirs}me`)).toContain("none");
});

test("a session that is gone is a 503: a page for a person, JSON for a fetch", async ({ page, context }) => {
  const url = await openHost(page, site);
  const preview = await context.newPage();
  await preview.goto(url);
  const started = Date.now();
  await page.close();
  // Playwright does not wait until the tab has really gone.
  await expect.poll(async () => (await preview.goto(url))?.status()).toBe(503);
  await expect(preview.locator("h1")).toHaveText("This preview has ended");
  const answer = await preview.evaluate(async (href) => {
    const problem = await fetch(href);
    return { status: problem.status, body: await problem.json() };
  }, url);
  expect(answer).toMatchObject({ status: 503, body: { error: { code: "SessionGone", status: 503 } } });
  expect(Date.now() - started).toBeLessThan(5000);
});

test("a tab that is closed cuts its streams", async ({ page, context }) => {
  const url = await openHost(page, site);
  const preview = await context.newPage();
  await preview.goto(url);
  const outcome = preview.evaluate(async (href) => {
    const response = await fetch(`${href}begin/c`);
    return response.text().catch((error: Error) => error.name);
  }, url);
  await expect.poll(() => page.evaluate(() => host.app.count("GET /begin/c"))).toBe(1);
  await page.close();
  // Before its head it is a 503, behind it an error: never the begin as if it were all.
  expect(await outcome).toMatch(/TypeError|SessionGone/);
});

test("a server that is gone is a 502, and one that hangs up too", async ({ page, context }) => {
  const url = await openHost(page, site);
  const preview = await context.newPage();
  const response = await preview.goto(url.replace("/8080/", "/8081/"));
  expect(response?.status()).toBe(502);
  await expect(preview.locator("h1")).toHaveText("No server is running here");
  const running = status(page, `${url}gate/d`);
  await expect.poll(() => page.evaluate(() => host.app.count("GET /gate/d"))).toBe(1);
  await page.evaluate(() => host.server.close({ graceMs: 0 }));
  expect(await running).toBe(502);
  expect(await status(page, `${url}echo`)).toBe(502);
});

test("no wait is endless: a server that does not answer is a 504, a page that is busy a 503", async ({
  page,
  context,
}) => {
  site.worker = "hasty";
  const url = await openHost(page, site);
  expect(await status(page, `${url}gate/slow`)).toBe(504);
  await expect.poll(() => page.evaluate(() => host.app.aborted)).toEqual(["/gate/slow"]);
  const preview = await context.newPage();
  await preview.goto(url);
  const devtools = await context.newCDPSession(preview);
  await devtools.send("ServiceWorker.enable");
  await devtools.send("ServiceWorker.stopAllWorkers");
  const busy = page.evaluate(() => {
    for (const end = Date.now() + 2000; Date.now() < end; );
  });
  const answer = await preview.evaluate(async () => (await fetch("/echo")).json());
  expect(answer.error.code).toBe("SessionSilent");
  await busy;
  expect(await text(preview, "/echo")).toBe("GET ");
});

test("a closed bridge answers 503 at once", async ({ page }) => {
  const url = await openHost(page, site);
  const running = status(page, `${url}gate/e`);
  await expect.poll(() => page.evaluate(() => host.app.count("GET /gate/e"))).toBe(1);
  await page.evaluate(() => host.bridge?.close());
  expect(await running).toBe(503);
  expect(await status(page, `${url}echo`)).toBe(503);
});

test("a preview that is loaded again in the middle of a response gets all of the next one", async ({
  page,
  context,
}) => {
  const url = await openHost(page, site);
  const preview = await context.newPage();
  await preview.goto(`${url}begin/f`, { waitUntil: "commit" });
  await preview.goto(`${url}landed`);
  await expect(preview.locator("h1")).toHaveText("Landed /landed");
  await expect.poll(() => page.evaluate(() => host.app.aborted)).toEqual(["/begin/f"]);
});

test("a page whose worker speaks another version is told", async ({ page }) => {
  site.worker = "newer";
  await page.goto(site.url);
  await page.waitForFunction(() => globalThis.host !== undefined);
  const code = await page.evaluate(() => host.start().catch((error: { code: string }) => error.code));
  expect(code).toBe("VersionMismatch");
});

test("a page that meets an old worker's file gets the new one", async ({ page, context }) => {
  site.worker = "newer";
  const other = await context.newPage();
  await other.goto(site.url);
  await other.waitForFunction(() => globalThis.host !== undefined);
  await other.evaluate(() => host.start().catch(() => undefined));
  site.worker = "current";
  const url = await openHost(page, site);
  expect(await text(page, `${url}echo`)).toBe("GET ");
});

test("a worker that was replaced under a page says so, to the page and in its previews", async ({
  page,
  context,
}) => {
  const url = await openHost(page, site);
  expect(await text(page, `${url}echo`)).toBe("GET ");
  site.worker = "newer";
  await page.evaluate(async () => {
    const registrations = await navigator.serviceWorker.getRegistrations();
    await Promise.all(registrations.map((each) => each.update()));
    await Promise.all(
      registrations.map(async (each) => {
        while (each.installing ?? each.waiting) await new Promise((resolve) => setTimeout(resolve, 20));
      }),
    );
  });
  const preview = await context.newPage();
  const response = await preview.goto(url);
  expect(response?.status()).toBe(503);
  await expect(preview.locator("h1")).toHaveText("The tab of this preview is out of date");
  expect(await page.evaluate(() => host.outdated)).toBeGreaterThan(0);
});

test("a page beside the scope fetches previews itself, and absolute paths come home", async ({
  page,
  context,
}) => {
  const url = await openHost(page, site, { scope: "/previews/" });
  expect(url).toContain("/previews/~");
  expect(await text(page, `${url}echo`)).toBe("GET ");
  const preview = await context.newPage();
  await preview.goto(url);
  await preview.getByRole("button", { name: "Send" }).click();
  expect(preview.url()).toBe(`${url}submit`);
});

test("a page that the worker can't control has previews all the same", async ({ page, context }) => {
  const url = await openHost(page, site, { scope: "/below/previews/", worker: "/below/portico-sw.js" });
  const preview = await context.newPage();
  await preview.goto(url);
  await expect(preview.locator("h1")).toHaveCSS("color", "rgb(1, 2, 3)");
  expect(await page.evaluate(() => navigator.serviceWorker.controller)).toBeNull();
});

test("a page in a directory finds the worker's file at the root", async ({ page }) => {
  await page.goto(`${site.url}deep/page`);
  await page.waitForFunction(() => globalThis.host !== undefined);
  const url = await page.evaluate(() => host.start({}));
  expect(url).toContain("/deep/~");
  expect(await text(page, `${url}echo`)).toBe("GET ");
});

test("a scope that another worker has is left to it", async ({ page, context }) => {
  await page.goto(site.url);
  await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.register("/bare/sw.js", { scope: "/bare/" });
    const worker = registration.installing ?? registration.active;
    await new Promise<void>((resolve) => {
      const look = () => worker?.state === "activated" && resolve();
      worker?.addEventListener("statechange", look);
      look();
    });
  });
  await page.goto(`${site.url}bare/host`);
  await page.waitForFunction(() => globalThis.host !== undefined);
  const url = await page.evaluate(() => host.start({ scope: "/bare/", worker: "/bare/portico-sw.js" }));
  const preview = await context.newPage();
  await preview.goto(url);
  await expect(preview.locator("h1")).toHaveText("Home");
  expect(await page.evaluate(() => navigator.serviceWorker.controller?.scriptURL)).toMatch("/bare/sw.js");
});

test("isolation: previews and the page itself can be isolated across origins", async ({ page, context }) => {
  const url = await openHost(page, site, { scope: "/", isolation: "credentialless" });
  const preview = await context.newPage();
  await preview.goto(url);
  expect(await preview.evaluate(() => crossOriginIsolated)).toBe(true);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
  await page.evaluate(() => void host.isolatePage({ scope: "/" }));
  await page.waitForFunction(() => globalThis.crossOriginIsolated && globalThis.host !== undefined);
  const again = await page.evaluate(() => host.start({ scope: "/", isolation: "credentialless" }));
  expect(await text(page, `${again}echo`)).toBe("GET ");
});

test("a file that is not there, and one that is no script, are told apart from a worker", async ({
  page,
}) => {
  await page.goto(site.url);
  await page.waitForFunction(() => globalThis.host !== undefined);
  const code = await page.evaluate(() =>
    host.start({ scope: "/", worker: "/missing.js" }).catch((error: { code: string }) => error.code),
  );
  expect(code).toBe("WorkerNotFound");
});
