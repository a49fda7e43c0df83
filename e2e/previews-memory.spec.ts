/** Bodies that are larger than what may be held of them: memory stays flat, whatever their length. */
import { expect, type Page, test } from "playwright/test";
import { openHost, type PreviewSite, startSite } from "./previews/site.ts";
import { canMeasureMemory, growthDuring, heapOf } from "./support/memory.ts";

let site: PreviewSite;

test.beforeAll(async () => {
  site = await startSite();
});
test.afterAll(() => site.close());

const MB = 1_000_000;
/** Far more than 50 MB, so that a body that were held would show above what is not collected yet. */
const LARGE = 600 * MB;
/** What a collector leaves lying for a while at this rate, and Chromium's own window: half of the body. */
const MOST = 300 * MB;

/** What the page's own heap may hold on top when all but the rest of a body has gone through. */
const HELD = 8 * MB;

/** Reads a download to its end, and stops for `pauses` on the way. */
async function begin(page: Page, url: string, what: "download" | "upload", bytes: number): Promise<void> {
  await page.evaluate(
    ([href, kind, size]) => {
      const target = globalThis as unknown as { moved: number; limit: number; done: Promise<number> };
      Object.assign(target, { moved: 0, limit: 0 });
      const allowed = async () => {
        while (target.moved >= target.limit) await new Promise((resolve) => setTimeout(resolve, 10));
      };
      const download = async () => {
        const reader = (await fetch(`${href}download?bytes=${size}`)).body?.getReader();
        for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
          target.moved += part.value.length;
          await allowed();
        }
        return target.moved;
      };
      const upload = async () => {
        const body = new ReadableStream<Uint8Array>(
          {
            async pull(controller) {
              if (target.moved >= size) return controller.close();
              await allowed();
              const piece = host.pattern(Math.min(65_536, size - target.moved), target.moved);
              target.moved += piece.length;
              controller.enqueue(piece);
            },
          },
          { highWaterMark: 0 },
        );
        const init: RequestInit & { duplex: "half" } = { method: "POST", body, duplex: "half" };
        const { bytes, whole } = await (await fetch(`${href}upload`, init)).json();
        return whole ? bytes : -1;
      };
      target.done = kind === "download" ? download() : upload();
    },
    [url, what, bytes] as const,
  );
}

/** Lets it go on to `bytes`, and resolves when it is there. */
const goOn = (page: Page, bytes: number) =>
  page.evaluate(async (limit) => {
    const target = globalThis as unknown as { moved: number; limit: number };
    target.limit = limit;
    while (target.moved < limit) await new Promise((resolve) => setTimeout(resolve, 10));
  }, bytes);

const ended = (page: Page) =>
  page.evaluate(() => {
    const target = globalThis as unknown as { limit: number; done: Promise<number> };
    target.limit = Number.POSITIVE_INFINITY;
    return target.done;
  });

for (const what of ["download", "upload"] as const) {
  test(`the page's heap is the same after 10 and after 190 MB of ${what === "download" ? "a download" : "an upload"}`, async ({
    page,
  }) => {
    const url = await openHost(page, site);
    await begin(page, url, what, 200 * MB);
    await goOn(page, 10 * MB);
    const early = await heapOf(page);
    await goOn(page, 190 * MB);
    const late = await heapOf(page);
    console.log(`${what}: heap ${(early / MB).toFixed(1)} MB, then ${(late / MB).toFixed(1)} MB`);
    expect(late - early).toBeLessThan(HELD);
    expect(await ended(page)).toBe(200 * MB);
  });

  test(`600 MB of ${what} leave the renderers' memory flat`, async ({ page }) => {
    test.skip(!canMeasureMemory, "needs /proc");
    test.setTimeout(120_000);
    const url = await openHost(page, site);
    const all = async (bytes: number) => {
      await begin(page, url, what, bytes);
      expect(await ended(page)).toBe(bytes);
    };
    await all(50 * MB);
    const fifty = await growthDuring(page, () => all(50 * MB));
    const large = await growthDuring(page, () => all(LARGE));
    console.log(
      `${what}: 50 MB grow by ${(fifty / MB).toFixed(0)} MB, 600 MB by ${(large / MB).toFixed(0)} MB`,
    );
    expect(large).toBeLessThan(MOST);
  });
}
