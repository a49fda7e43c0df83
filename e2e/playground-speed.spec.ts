/** Budgets: what the first visit costs, how soon a response is there, how ten thousand segments scroll. */
import { expect, test } from "./support/playground.ts";

test("the first load is at most 250 KB compressed", async ({ playground, page }) => {
  const sizes = new Map<string, number>();
  page.on("response", async (response) => {
    const { responseBodySize } = await response.request().sizes();
    sizes.set(response.url(), responseBodySize);
  });
  await playground.open();
  await page.waitForLoadState("networkidle");
  // What the page itself names; the rest is fetched when the page works already, or when it is asked for.
  const html = await (await page.request.get(playground.url)).text();
  const named = Array.from(
    html.matchAll(/(?:src|href)="(\.\/assets\/[^"]+\.(?:js|css))"/g),
    ([, path]) => path!,
  );
  const needed = [playground.url, ...named.map((path) => new URL(path, playground.url).href)];
  const bytes = needed.reduce((sum, url) => sum + (sizes.get(url) ?? 0), 0);
  console.log(`first load: ${(bytes / 1000).toFixed(0)} kB`);
  expect(bytes).toBeGreaterThan(50_000);
  expect(bytes).toBeLessThanOrEqual(250_000);
});

test("from Run to the first response it takes less than 300 ms", async ({ playground, page }) => {
  await playground.open();
  await page.waitForLoadState("networkidle");
  const times: number[] = [];
  for (let round = 0; round < 5; round++) {
    times.push(
      await page.evaluate(
        () =>
          new Promise<number>((resolve) => {
            const response = document.querySelector("#response")!;
            response.replaceChildren();
            const started = performance.now();
            new MutationObserver((_, observer) => {
              if (!/200 OK/.test(response.textContent ?? "")) return;
              observer.disconnect();
              resolve(performance.now() - started);
            }).observe(response, { childList: true, subtree: true });
            document.querySelector<HTMLButtonElement>("#run")?.click();
          }),
      ),
    );
  }
  const median = times.sort((a, b) => a - b)[2]!;
  console.log(`Run to response: ${median.toFixed(0)} ms`);
  expect(median).toBeLessThan(300);
});

test("ten thousand segments scroll smoothly, and typing goes on beside them", async ({
  playground,
  page,
}) => {
  await playground.open();
  await page.getByRole("slider", { name: "Segment size" }).fill("0");
  await playground.run(`import { AsyncHttpServer } from "portico";
new AsyncHttpServer().serve(8123, (request) => request.respond(200, "x".repeat(10_500)));`);
  const wire = playground.region("Wire");
  await expect(wire.locator("#wire-count")).toContainText(/1\d,\d{3} rows/, { timeout: 20_000 });
  const rows = wire.getByRole("listbox");
  expect(await rows.getByRole("option").count()).toBeLessThan(80);
  const frames = await rows.evaluate(async (element) => {
    const took: number[] = [];
    let before = performance.now();
    element.scrollTop = 0;
    for (let at = 0; at < 90; at++) {
      element.scrollTop += 2600;
      await new Promise(requestAnimationFrame);
      took.push(performance.now() - before);
      before = performance.now();
    }
    return took.sort((a, b) => a - b);
  });
  console.log(
    `a frame of scrolling: median ${frames[45]!.toFixed(1)} ms, worst ${frames[89]!.toFixed(1)} ms`,
  );
  expect(frames[45]).toBeLessThan(34);
  await rows.press("Home");
  await rows.press("End");
  await expect(rows.getByRole("option", { selected: true })).toBeVisible();

  await playground.button("Send").click();
  const keys = await page.getByRole("textbox", { name: "Program" }).evaluate(async (editor) => {
    (editor as HTMLElement).focus();
    let worst = 0;
    for (let at = 0; at < 30; at++) {
      const started = performance.now();
      document.execCommand("insertText", false, "a");
      await new Promise((resolve) => setTimeout(resolve));
      worst = Math.max(worst, performance.now() - started);
    }
    return worst;
  });
  console.log(`a key while segments come: worst ${keys.toFixed(1)} ms`);
  expect(keys).toBeLessThan(200);
});
