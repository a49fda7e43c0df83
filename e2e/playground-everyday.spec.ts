/** What the page promises to everybody: its names, the keyboard, phones, themes, going back. */
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright/test";
import { expect, type Playground, test } from "./support/playground.ts";

const BUTTONS = ["Run", "Stop", "Send", "Share", "Format"];
const REGIONS = ["Editor", "Request", "Response", "Wire", "Preview", "Console"];

test("everything has the name that assistive technology and tests know it by", async ({ playground }) => {
  await playground.open();
  for (const name of BUTTONS) await expect(playground.button(name), name).toHaveCount(1);
  for (const name of REGIONS) await expect(playground.region(name), name).toHaveCount(1);
  await expect(playground.example()).toHaveCount(1);
  await expect(playground.status()).toHaveText("page engine: ready");
});

test("undo goes back to the program that was there, and not behind the first one", async ({
  playground,
  page,
}) => {
  await playground.open();
  const program = page.getByRole("textbox", { name: "Program" });
  const first = await program.innerText();
  await program.focus();
  await page.keyboard.press("ControlOrMeta+z");
  expect(await program.innerText()).toBe(first);
  await playground.write("// my own");
  await playground.example().selectOption("router");
  await expect(program).not.toHaveText("// my own");
  await program.focus();
  await page.keyboard.press("ControlOrMeta+z");
  await expect(program).toHaveText("// my own");
});

test("Reset brings the code, the request and the conditions back", async ({ playground, page }) => {
  await playground.open("#example=router");
  const program = page.getByRole("textbox", { name: "Program" });
  const before = await program.textContent();
  const path = await page.getByLabel("Path").inputValue();
  await playground.write("// something else");
  await page.getByLabel("Path").fill("/elsewhere");
  await page.getByRole("slider", { name: "Latency" }).fill("5");
  await playground.button("Reset").click();
  await expect(program).toHaveText(before ?? "");
  await expect(page.getByLabel("Path")).toHaveValue(path);
  await expect(page.getByRole("slider", { name: "Latency" })).toHaveAttribute("aria-valuetext", "0 ms");
});

test("the theme is the system's until it is chosen, and the choice is kept", async ({ playground, page }) => {
  const colour = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.emulateMedia({ colorScheme: "light" });
  await playground.open();
  const light = await colour();
  await page.emulateMedia({ colorScheme: "dark" });
  const dark = await colour();
  expect(dark).not.toBe(light);
  const button = page.locator("#theme");
  for (let press = 0; press < 3 && (await colour()) !== light; press++) await button.click();
  expect(await colour()).toBe(light);
  await page.reload();
  await expect(playground.status()).toHaveText(/ready/);
  expect(await colour()).toBe(light);
});

/** Presses Tab until the focus is where it is wanted. */
async function tabTo(page: Page, id: string): Promise<void> {
  for (let press = 0; press < 120; press++) {
    if (await page.evaluate((wanted) => document.activeElement?.id === wanted, id)) return;
    const inEditor = await page.evaluate(() => document.activeElement?.closest(".cm-editor") !== null);
    if (inEditor) await page.keyboard.press("Escape");
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not lead to #${id}`);
}

test("without a mouse: an example, a request, raw bytes, conditions, the wire, an engine, a link", async ({
  playground,
  page,
}) => {
  await playground.open();
  const { keyboard } = page;
  await tabTo(page, "example");
  await keyboard.type("Router");
  await expect(page).toHaveURL(/example=router/);
  await tabTo(page, "run");
  await keyboard.press("Enter");
  await expect(playground.region("Response")).toContainText("200 OK");
  await tabTo(page, "path");
  await keyboard.press("ControlOrMeta+a");
  await keyboard.type("/add/20/22");
  await tabTo(page, "send");
  await keyboard.press("Enter");
  await expect(playground.region("Response")).toContainText("42");
  await tabTo(page, "mode-raw");
  await keyboard.press("Space");
  await tabTo(page, "raw");
  await keyboard.press("ControlOrMeta+a");
  await keyboard.type("GET /add/1/2 HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n");
  await tabTo(page, "send");
  await keyboard.press("Enter");
  await expect(playground.region("Response").locator("pre")).toHaveText(/^3\s*$/);
  await tabTo(page, "condition-latencyMs");
  await keyboard.press("ArrowRight");
  await expect(page.getByRole("slider", { name: "Latency" })).toHaveAttribute("aria-valuetext", "1 ms");
  await tabTo(page, "show-sequence");
  await keyboard.press("Enter");
  await expect(playground.region("Wire").getByRole("img")).toBeVisible();
  await tabTo(page, "theme");
  await keyboard.press("Enter");
  await tabTo(page, "engine-choice");
  await keyboard.type("Page and");
  await expect(playground.status()).toHaveText("service worker engine: ready", { timeout: 15_000 });
  await tabTo(page, "share");
  await keyboard.press("Enter");
  await expect(page).toHaveURL(/#v1\./);
  await tabTo(page, "run");
  await keyboard.press("Enter");
  await expect(playground.status()).toHaveText("service worker engine: running");
  await tabTo(page, "stop");
  await keyboard.press("Enter");
  await expect(playground.status()).toHaveText("service worker engine: ready");
});

/** Whether something is wider than the window. */
const overhang = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

for (const [width, height] of [
  [360, 640],
  [390, 844],
  [768, 1024],
] as const) {
  test(`at ${width} by ${height} everything can be reached, and nothing sticks out`, async ({
    playground,
    page,
  }) => {
    await page.setViewportSize({ width, height });
    await page.route("**/engines.json", (route) => route.fulfill({ json: {} }));
    await playground.open("#example=files");
    await page.getByRole("combobox", { name: "Runs on" }).selectOption("service worker");
    await expect(playground.status()).toContainText("this host has no origin for previews");
    expect(await overhang(page)).toBe(0);
    await playground.run();
    await expect(playground.status()).toContainText("page engine: running");
    for (const name of REGIONS) {
      await page.getByRole("tab", { name }).click();
      await expect(playground.region(name), name).toBeVisible();
      const box = await playground.region(name).boundingBox();
      expect(box?.height, name).toBeGreaterThan(200);
      expect(await overhang(page), name).toBe(0);
    }
    for (const name of ["Run", "Stop", "Share", "Retry"]) {
      const box = await playground.button(name).boundingBox();
      expect(box && box.x >= 0 && box.x + box.width <= width && box.y + box.height <= height, name).toBe(
        true,
      );
      expect(box?.height, name).toBeGreaterThanOrEqual(24);
    }
  });
}

async function violations({ page }: Playground): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).exclude("iframe").analyze();
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`),
  );
}

for (const theme of ["light", "dark"] as const) {
  test(`axe finds nothing where an engine falls back and a fault has a size, ${theme}`, async ({
    playground,
    page,
  }) => {
    await page.emulateMedia({ colorScheme: theme });
    await page.route("**/engines.json", (route) => route.fulfill({ json: {} }));
    await playground.open();
    await page.getByRole("combobox", { name: "Runs on" }).selectOption("service worker");
    await expect(playground.button("Retry")).toBeVisible();
    await page.getByLabel("Fault", { exact: true }).selectOption("stall");
    expect(await violations(playground)).toEqual([]);
    await page.unroute("**/engines.json");
    await playground.button("Retry").click();
    await playground.example().selectOption("files");
    await playground.run();
    await expect(playground.region("Preview").getByRole("link", { name: "New tab" })).toBeVisible({
      timeout: 15_000,
    });
    expect(await violations(playground)).toEqual([]);
  });
}
