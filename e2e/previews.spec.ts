/** Real URLs for a server in a page, in a real browser. */
import { expect, type Page, test } from "playwright/test";
import { openHost, type PreviewSite, startSite } from "./previews/site.ts";

let site: PreviewSite;
const startHost = (page: Page) => openHost(page, site);

test.beforeAll(async () => {
  site = await startSite();
});
test.afterAll(() => site.close());

test("a page's assets come from its own server, by relative and by absolute paths", async ({
  page,
  context,
}) => {
  const url = await startHost(page);
  const preview = await context.newPage();
  const before = site.requests.length;
  await preview.goto(url);
  await expect(preview.locator("h1")).toHaveText("Home");
  await expect(preview.locator("h1")).toHaveCSS("color", "rgb(1, 2, 3)");
  await expect(preview.locator("h1")).toHaveCSS("font-size", "77px");
  await expect(preview.locator("body")).toHaveAttribute("data-script", "ran");
  for (const id of ["absolute", "relative"]) {
    expect(await preview.locator(`#${id}`).evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(1);
  }
  expect(await page.evaluate(() => host.app.count("GET /painted.png"))).toBe(1);
  expect(site.requests.slice(before)).toEqual([]);
});

test("forms and links to absolute paths stay in the preview", async ({ page, context }) => {
  const url = await startHost(page);
  const preview = await context.newPage();
  await preview.goto(url);
  await preview.getByRole("button", { name: "Send" }).click();
  await expect(preview.locator("h1")).toHaveText("Got grüß");
  expect(preview.url()).toBe(`${url}submit`);
  await preview.goBack();
  await preview.locator("#about").click();
  await expect(preview.locator("h1")).toHaveText("About");
  expect(preview.url()).toBe(`${url}about`);
});

test("workers and frames of a preview are the preview's", async ({ page, context }) => {
  const url = await startHost(page);
  const preview = await context.newPage();
  await preview.goto(url);
  for (const script of ["job.js", "/job.js"]) {
    const statuses = await preview.evaluate(
      (path) =>
        new Promise((resolve) => {
          const worker = new Worker(path);
          worker.onmessage = ({ data }) => resolve(data);
          worker.onerror = () => resolve("no worker");
        }),
      script,
    );
    expect(statuses).toEqual([200, 200]);
  }
  await preview.evaluate(() => {
    const frame = document.createElement("iframe");
    frame.src = "/about";
    document.body.append(frame);
  });
  await expect(preview.frameLocator("iframe").locator("h1")).toHaveText("About");
});

test("what is not a preview's is not touched", async ({ page }) => {
  await startHost(page);
  const texts = await page.evaluate(async () => {
    const post = await fetch("/own", { method: "POST", body: "own words" });
    return [await post.text(), (await fetch("/missing")).status];
  });
  expect(texts).toEqual(["the host got own words", 404]);
});

test("redirects lead to where the server meant", async ({ page, context }) => {
  const url = await startHost(page);
  const preview = await context.newPage();
  for (const to of ["/landed?x=1", "landed?x=1", "http://localhost:8080/landed?x=1"]) {
    await preview.goto(`${url}redirect?to=${encodeURIComponent(to)}`);
    await expect(preview.locator("h1")).toHaveText("Landed /landed?x=1");
    expect(preview.url()).toBe(`${url}landed?x=1`);
  }
});

test("a login by cookie holds, by path, expiry and HttpOnly", async ({ page, context }) => {
  const url = await startHost(page);
  const preview = await context.newPage();
  await preview.goto(url);
  await preview.evaluate(async (href) => {
    await fetch(`${href}login`, { method: "POST" });
  }, url);
  await preview.goto(`${url}me`);
  await expect(preview.locator("h1")).toHaveText("Cookies: sid=abc; safe=1");
  const anonymous = await preview.evaluate(async () => (await fetch("me", { credentials: "omit" })).text());
  expect(anonymous).not.toContain("sid");
  await preview.goto(`${url}deep`);
  await expect(preview.locator("h1")).toHaveText("Cookies: deep=1; sid=abc; safe=1");
  expect(await preview.evaluate(() => document.cookie)).toBe("");
});

test("the server sees what it is called, and what the browser calls it", async ({ page }) => {
  const url = await startHost(page);
  const headers = await page.evaluate(async (href) => (await fetch(`${href}headers`)).json(), url);
  const { host, pathname } = new URL(url);
  expect(headers).toMatchObject({
    host: "localhost:8080",
    "x-forwarded-host": host,
    "x-forwarded-proto": "http",
    "x-forwarded-prefix": pathname.slice(0, -1),
    "sec-fetch-mode": "cors",
  });
});

test("a coded answer is decoded, and one that may have no body has none", async ({ page }) => {
  const url = await startHost(page);
  const seen = await page.evaluate(async (href) => {
    const zipped = await fetch(`${href}zipped`);
    const reset = await fetch(`${href}reset`);
    return [await zipped.text(), zipped.headers.get("content-encoding"), reset.status, await reset.text()];
  }, url);
  expect(seen).toEqual(["unzipped", null, 205, ""]);
});

test("server-sent events arrive while the callback runs, and closing the source ends it", async ({
  page,
}) => {
  const url = await startHost(page);
  const first = (count: number, of: string) =>
    page.evaluate(
      ([address, wanted]) =>
        new Promise<string[]>((resolve) => {
          const source = new EventSource(address);
          const seen: string[] = [];
          source.onmessage = ({ data }) => {
            seen.push(data);
            if (seen.length < wanted) return;
            source.close();
            resolve(seen);
          };
        }),
      [`${url}${of}`, count] as const,
    );
  // A source that has to connect again goes on from where it was.
  expect(await first(5, "chapters")).toEqual(["event 1", "event 2", "event 3", "event 4", "event 5"]);
  expect(await first(3, "events")).toEqual(["event 1", "event 2", "event 3"]);
  await expect.poll(() => page.evaluate(() => host.app.aborted)).toEqual(["/events"]);
});

test("an aborted fetch and a closed tab abort the request's signal", async ({ page, context }) => {
  const url = await startHost(page);
  await page.evaluate(async (href) => {
    const abort = new AbortController();
    const response = await fetch(`${href}begin/a`, { signal: abort.signal });
    await response.body?.getReader().read();
    abort.abort();
  }, url);
  await expect.poll(() => page.evaluate(() => host.app.aborted)).toEqual(["/begin/a"]);
  const preview = await context.newPage();
  await preview.goto(url);
  await preview.evaluate((href) => {
    void fetch(`${href}gate/b`);
  }, url);
  await expect.poll(() => page.evaluate(() => host.app.count("GET /gate/b"))).toBe(1);
  await preview.close();
  await expect.poll(() => page.evaluate(() => host.app.aborted)).toEqual(["/begin/a", "/gate/b"]);
});

test("a response that the server cuts ends with an error", async ({ page }) => {
  const url = await startHost(page);
  const outcome = await page.evaluate(async (href) => {
    const response = await fetch(`${href}cut`);
    host.app.open("/cut");
    return response.text().catch((error: Error) => error.name);
  }, url);
  expect(outcome).toBe("TypeError");
});

test("ranges of an audio file are played, and sought in", async ({ page }) => {
  const url = await startHost(page);
  const ended = await page.evaluate(async (href) => {
    const part = await fetch(`${href}tone.wav`, { headers: { Range: "bytes=44-143" } });
    const audio = new Audio(`${href}tone.wav`);
    audio.preload = "auto";
    document.body.append(audio);
    await new Promise((resolve, reject) => {
      audio.oncanplaythrough = resolve;
      audio.onerror = () => reject(new Error(audio.error?.message));
      audio.load();
    });
    await new Promise((resolve) => {
      audio.onseeked = resolve;
      audio.currentTime = 3;
    });
    return {
      status: part.status,
      range: part.headers.get("content-range"),
      bytes: (await part.arrayBuffer()).byteLength,
      duration: audio.duration,
      time: audio.currentTime,
    };
  }, url);
  expect(ended).toEqual({ status: 206, range: "bytes 44-143/32044", bytes: 100, duration: 4, time: 3 });
});

test("the README's page works as it stands there", async ({ page }) => {
  await page.goto(`${site.url}readme`);
  await expect(page.frameLocator("iframe").locator("body")).toHaveText("You asked for /any/path");
});
