/** Much, large and many at once; and what a bridge costs. */
import { expect, test } from "playwright/test";
import { openHost, type PreviewSite, startSite } from "./previews/site.ts";

let site: PreviewSite;

test.beforeAll(async () => {
  site = await startSite();
});
test.afterAll(() => site.close());

const MB = 1_000_000;

test("100 fetches of 1 MB at once are all whole", async ({ page }) => {
  const url = await openHost(page, site);
  const wrong = await page.evaluate(
    async ([href, size]) => {
      const one = async (index: number) => {
        const bytes = new Uint8Array(await (await fetch(`${href}blob/${index}?bytes=${size}`)).arrayBuffer());
        const wanted = host.pattern(size, index);
        return bytes.length === size && bytes.every((byte, at) => byte === wanted[at]) ? [] : [index];
      };
      return (await Promise.all(Array.from({ length: 100 }, (_, index) => one(index)))).flat();
    },
    [url, MB] as const,
  );
  expect(wrong).toEqual([]);
});

test("a download of 200 MB is held back by who reads it, and is whole", async ({ page }) => {
  const url = await openHost(page, site);
  const seen = await page.evaluate(
    async ([href, size]) => {
      const response = await fetch(`${href}download?bytes=${size}`);
      const reader = response.body?.getReader();
      let read = 0;
      let ahead = 0;
      let wrong = 0;
      for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
        for (let at = 0; at < part.value.length; at += 499) {
          if (part.value[at] !== (read + at) % 251) wrong++;
        }
        // At every tenth of it nobody reads until the server has stopped.
        const tenth = Math.floor((10 * read) / size);
        read += part.value.length;
        if (Math.floor((10 * read) / size) > tenth) await host.still(() => host.app.written);
        ahead = Math.max(ahead, host.app.written - read);
      }
      return { read, wrong, ahead };
    },
    [url, 200 * MB] as const,
  );
  expect(seen).toMatchObject({ read: 200 * MB, wrong: 0 });
  console.log(`download: the server was at most ${(seen.ahead / MB).toFixed(1)} MB ahead`);
  // Chromium takes 58 MB of any response, a network's too, before it lets it wait. All of ours is a tenth of that.
  expect(seen.ahead).toBeLessThan(64 * MB);
});

for (const worker of ["current", "buffering"] as const) {
  const how = worker === "current" ? "streams" : "arrives where request bodies can't stream";
  test(`an upload of 50 MB ${how}, and is whole`, async ({ page }) => {
    site.worker = worker;
    const url = await openHost(page, site);
    const seen = await page.evaluate(
      async ([href, size]) => {
        const body = new Blob(
          Array.from({ length: 50 }, (_, part) => host.pattern(size, part * size) as BlobPart),
        );
        const sent = fetch(`${href}upload?hold`, { method: "POST", body });
        // From where all of it is read first, it comes later.
        while (host.app.read === 0) await (await fetch(`${href}echo`)).text();
        await host.still(() => host.sent);
        const held = host.sent;
        host.app.open("/upload");
        return { held, ...(await (await sent).json()) };
      },
      [url, MB] as const,
    );
    site.worker = "current";
    expect(seen).toMatchObject({ bytes: 50 * MB, whole: true });
    expect(seen.held).toBeLessThan(2 * MB);
  });
}

test("a fetch through the bridge takes at most 1.4 times one that the worker answers itself", async ({
  page,
}) => {
  const url = await openHost(page, site);
  const race = await page.evaluate(async (href) => {
    const registration = await navigator.serviceWorker.register("/bare/sw.js", { scope: "/bare/" });
    const worker = registration.installing ?? registration.active;
    await new Promise<void>((resolve) => {
      if (registration.active) resolve();
      else worker?.addEventListener("statechange", () => worker.state === "activated" && resolve());
    });
    const frame = document.createElement("iframe");
    frame.src = "/bare/";
    const preview = document.createElement("iframe");
    preview.src = href;
    const loaded = [frame, preview].map(
      (each) => new Promise((resolve) => each.addEventListener("load", resolve)),
    );
    document.body.append(frame, preview);
    await Promise.all(loaded);
    return host.race(
      { from: preview.contentWindow, url: `${href}echo` },
      { from: frame.contentWindow, url: "/bare/hello" },
    );
  }, url);
  const { first, second, ratio, laps } = race;
  console.log(
    `latency: bridge ${first.toFixed(2)} ms, bare worker ${second.toFixed(2)} ms, ${ratio.toFixed(2)} times (${laps} laps)`,
  );
  expect(ratio).toBeLessThanOrEqual(1.4);
});
