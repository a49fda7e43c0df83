/**
 * A worker that dies, at every point of a fetch. It is killed the way that DevTools' "Stop" does it. (A kill
 * during a *navigation* ends Chromium 156 itself, with or without Portico, so fetches stand for those.)
 */
import { type CDPSession, expect, type Page, test } from "playwright/test";
import { openHost, type PreviewSite, startSite } from "./previews/site.ts";

let site: PreviewSite;
let devtools: CDPSession;

test.beforeAll(async () => {
  site = await startSite();
});
test.afterAll(() => site.close());

async function startHost(page: Page): Promise<string> {
  const url = await openHost(page, site);
  devtools = await page.context().newCDPSession(page);
  await devtools.send("ServiceWorker.enable");
  return url;
}

const kill = () => devtools.send("ServiceWorker.stopAllWorkers");
const opened = (page: Page, gate: string) => page.evaluate((name) => host.app.open(name), gate);
const count = (page: Page, request: string) => page.evaluate((name) => host.app.count(name), request);

/** Starts a fetch in the page and does not wait for it. */
async function begin(
  page: Page,
  url: string,
  init: { method?: string; body?: string } = {},
): Promise<() => Promise<string>> {
  await page.evaluate(
    ([href, options]) => {
      const target = globalThis as unknown as { outcome: Promise<string>; got: string };
      target.got = "";
      target.outcome = fetch(href, options).then(
        async (response) => {
          const body = response.body?.pipeThrough(new TextDecoderStream()).getReader();
          try {
            for (let read = await body?.read(); read && !read.done; read = await body?.read())
              target.got += read.value;
            return target.got;
          } catch {
            return "cut";
          }
        },
        () => "failed",
      );
    },
    [url, init] as const,
  );
  return () => page.evaluate(() => (globalThis as unknown as { outcome: Promise<string> }).outcome);
}

for (const { method, body } of [{ method: "GET" }, { method: "POST", body: "hello" }] as const) {
  test(`killed before the answer to a ${method}: it is answered, by one run of the callback`, async ({
    page,
  }) => {
    const url = await startHost(page);
    const outcome = await begin(page, `${url}gate/x`, { method, ...(body ? { body } : {}) });
    await expect.poll(() => count(page, `${method} /gate/x`)).toBe(1);
    await kill();
    // The browser has dispatched it again when the worker has found its page anew.
    await page.waitForTimeout(500);
    await opened(page, "/gate/x");
    expect(await outcome()).toBe(`opened by ${method} ${body ?? ""}`);
    expect(await count(page, `${method} /gate/x`)).toBe(1);
  });
}

test("killed before the answer to a POST from within a preview: one run, and one only", async ({
  page,
  context,
}) => {
  const url = await startHost(page);
  const preview = await context.newPage();
  await preview.goto(url);
  const outcome = await begin(preview, "/gate/y", { method: "POST", body: "from inside" });
  await expect.poll(() => count(page, "POST /gate/y")).toBe(1);
  await kill();
  await opened(page, "/gate/y");
  expect(await outcome()).toBe("opened by POST from inside");
  expect(await count(page, "POST /gate/y")).toBe(1);
});

test("two equal POSTs in flight when it is killed: each runs once and each is answered", async ({ page }) => {
  const url = await startHost(page);
  const outcomes = await page.evaluateHandle((href) => {
    const one = () => fetch(`${href}gate/twice`, { method: "POST", body: "same" });
    return { both: Promise.all([one(), one()].map(async (each) => (await each).text())) };
  }, url);
  await expect.poll(() => count(page, "POST /gate/twice")).toBe(2);
  await kill();
  await opened(page, "/gate/twice");
  const answer = "opened by POST same";
  expect(await outcomes.evaluate(({ both }) => both)).toEqual([answer, answer]);
  expect(await count(page, "POST /gate/twice")).toBe(2);
});

test("killed in the middle of a stream: the page sees an error, the server an abort, the next fetch an answer", async ({
  page,
}) => {
  const url = await startHost(page);
  const outcome = await begin(page, `${url}begin/z`);
  await expect.poll(() => page.evaluate(() => (globalThis as unknown as { got: string }).got)).toBe("begun ");
  await kill();
  expect(await outcome()).toBe("cut");
  await expect.poll(() => page.evaluate(() => host.app.aborted)).toEqual(["/begin/z"]);
  expect(await page.evaluate(async (href) => (await fetch(`${href}echo`)).text(), url)).toBe("GET ");
});

test("killed while idle: the next fetch finds the page again, and its cookies", async ({ page }) => {
  const url = await startHost(page);
  await page.evaluate((href) => fetch(`${href}login`, { method: "POST" }), url);
  for (let round = 0; round < 3; round++) {
    await kill();
    const text = await page.evaluate(async (href) => (await fetch(`${href}me`)).text(), url);
    expect(text).toContain("sid=abc");
  }
});

test("killed in the middle of an upload: the callback runs once, and gets all of it", async ({ page }) => {
  const url = await startHost(page);
  const outcome = await page.evaluateHandle((href) => {
    const body = new Blob([host.pattern(20_000_000, 0) as BlobPart]);
    const sent = fetch(`${href}upload?hold`, { method: "POST", body });
    return { text: sent.then((response) => response.text()) };
  }, url);
  await expect.poll(() => page.evaluate(() => host.app.read)).toBeGreaterThan(0);
  await page.waitForTimeout(200);
  await kill();
  await opened(page, "/upload");
  expect(JSON.parse(await outcome.evaluate(({ text }) => text))).toEqual({ bytes: 20_000_000, whole: true });
  expect(await count(page, "POST /upload")).toBe(1);
});
