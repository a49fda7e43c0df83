/** What Chromium's renderers take, as Linux counts it: pages and workers, their heaps and all that is beside them. */
import { readFile } from "node:fs/promises";
import type { Page } from "playwright/test";

/** Where nobody counts it so, there is nothing to hold. */
export const canMeasureMemory = process.platform === "linux";

/** Bytes by which the resident memory of all renderers together grew at most while `act` ran. */
export async function growthDuring(page: Page, act: () => Promise<unknown>): Promise<number> {
  const browser = page.context().browser();
  if (browser === null) throw new Error("this page has no browser to ask");
  const devtools = await browser.newBrowserCDPSession();
  const inside = await page.context().newCDPSession(page);
  await inside.send("HeapProfiler.collectGarbage");
  const { processInfo } = await devtools.send("SystemInfo.getProcessInfo");
  const ids = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
  const resident = async () =>
    (await Promise.all(ids.map(residentBytes))).reduce((sum, each) => sum + each, 0);
  const before = await resident();
  let most = before;
  let running = true;
  const acting = act().finally(() => {
    running = false;
  });
  while (running) most = Math.max(most, await resident());
  await acting;
  await Promise.all([devtools.detach(), inside.detach()]);
  return most - before;
}

async function residentBytes(id: number): Promise<number> {
  const status = await readFile(`/proc/${id}/status`, "utf8").catch(() => "");
  return Number(/^VmRSS:\s*(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
}

/** Bytes of what lives in a page, arrays outside its heap too, when nothing is left to collect. */
export async function heapOf(page: Page): Promise<number> {
  const inside = await page.context().newCDPSession(page);
  await inside.send("HeapProfiler.collectGarbage");
  const usage = (await inside.send("Runtime.getHeapUsage")) as {
    usedSize: number;
    backingStorageSize?: number;
  };
  await inside.detach();
  return usage.usedSize + (usage.backingStorageSize ?? 0);
}
