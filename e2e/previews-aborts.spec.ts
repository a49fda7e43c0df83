/** Who asked gives up before there is an answer: the server's `request.signal` has to know. */
import { expect, type Page, test } from "playwright/test";
import { openHost, type PreviewSite, startSite } from "./previews/site.ts";

let site: PreviewSite;

test.beforeAll(async () => {
  site = await startSite();
});
test.afterAll(() => site.close());

const asked = (page: Page, path: string) =>
  expect.poll(() => page.evaluate((name) => host.app.count(name), `GET ${path}`)).toBe(1);
const aborted = (page: Page, paths: string[]) =>
  expect.poll(() => page.evaluate(() => host.app.aborted)).toEqual(paths);

test("a fetch and an XMLHttpRequest of a window that reports aborts", async ({ page }) => {
  const url = await openHost(page, site);
  await page.evaluate(async (href) => {
    const frame = document.createElement("iframe");
    frame.src = href;
    const loaded = new Promise((resolve) => frame.addEventListener("load", resolve));
    document.body.append(frame);
    await loaded;
    const inside = frame.contentWindow as Window & typeof globalThis;
    host.reportAborts();
    host.reportAborts(inside);
    const abort = new AbortController();
    const { signal } = abort;
    const xhr = new inside.XMLHttpRequest();
    xhr.open("GET", "/gate/xhr");
    xhr.send();
    void fetch(`${href}gate/host`, { signal }).catch(() => undefined);
    void fetch(`${href}gate/host-stays`).catch(() => undefined);
    void inside.fetch("/gate/preview", { signal }).catch(() => undefined);
    void inside.fetch(new inside.Request("/gate/request", { signal })).catch(() => undefined);
    Object.assign(globalThis, { giveUp: [() => abort.abort(), () => xhr.abort()] });
  }, url);
  for (const name of ["host", "host-stays", "preview", "request", "xhr"]) await asked(page, `/gate/${name}`);
  await page.evaluate(() => {
    for (const giveUp of (globalThis as unknown as { giveUp: (() => void)[] }).giveUp) giveUp();
  });
  await expect
    .poll(() => page.evaluate(() => host.app.aborted.toSorted()))
    .toEqual(["/gate/host", "/gate/preview", "/gate/request", "/gate/xhr"]);
});

test("a window that reports aborts asks as it did before", async ({ page }) => {
  const url = await openHost(page, site);
  const answers = await page.evaluate(async (href) => {
    const before = fetch;
    const undo = host.reportAborts();
    const { signal } = new AbortController();
    const post = await fetch(`${href}echo`, { method: "POST", body: "words", signal });
    const headers = await (await fetch(`${href}headers`, { signal, headers: { "X-Own": "1" } })).json();
    const own = await fetch("/own", { method: "POST", body: "own words", signal });
    const late = await fetch(`${href}echo`, { signal: AbortSignal.abort() }).catch(
      (error: Error) => error.name,
    );
    const texts = [await post.text(), headers["x-own"], headers["x-portico-mark"], await own.text(), late];
    undo();
    return [...texts, fetch === before];
  }, url);
  expect(answers).toEqual(["POST words", "1", undefined, "the host got own words", "AbortError", true]);
});

test("a navigation: its frame is removed, goes elsewhere, or its tab is closed", async ({
  page,
  context,
}) => {
  const url = await openHost(page, site);
  await page.evaluate((href) => {
    for (const id of ["removed", "elsewhere"]) {
      const frame = document.createElement("iframe");
      frame.id = id;
      frame.src = `${href}gate/${id}`;
      document.body.append(frame);
    }
  }, url);
  await asked(page, "/gate/removed");
  await asked(page, "/gate/elsewhere");
  const tab = await context.newPage();
  await tab.goto(url);
  await tab.evaluate(() => {
    location.href = "/gate/tab";
  });
  await asked(page, "/gate/tab");
  await page.evaluate(() => document.querySelector("#removed")?.remove());
  await aborted(page, ["/gate/removed"]);
  await page.evaluate(() => {
    (document.querySelector("#elsewhere") as HTMLIFrameElement).src = "about:blank";
  });
  await aborted(page, ["/gate/removed", "/gate/elsewhere"]);
  await tab.close();
  await aborted(page, ["/gate/removed", "/gate/elsewhere", "/gate/tab"]);
});

test("a tab that is closed with a fetch in flight", async ({ page, context }) => {
  const url = await openHost(page, site);
  const tab = await context.newPage();
  await tab.goto(url);
  await tab.evaluate(() => {
    void fetch("/gate/closed");
  });
  await asked(page, "/gate/closed");
  await tab.close();
  await aborted(page, ["/gate/closed"]);
});
