/** The docs site, as `npm start` serves it: read, searched, run, on a desktop and on a phone. */
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright/test";
import { test as base, expect } from "./support/playground.ts";

interface Fixtures {
  /** Opens a page of the docs, once they are built. */
  docs: (path: string) => Promise<void>;
}

const test = base.extend<Fixtures>({
  docs: async ({ page, site, complaints }, use) => {
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    const elsewhere: string[] = [];
    page.on("request", (request) => {
      if (!request.url().startsWith(site) && !/^(data|blob|about):/.test(request.url()))
        elsewhere.push(request.url());
    });
    await use(async (path) => {
      await expect
        .poll(async () => (await page.request.get(`${site}docs/`)).status(), { timeout: 150_000 })
        .toBe(200);
      await page.goto(`${site}docs/${path}`);
    });
    expect(elsewhere, "the docs load from their own origin alone").toEqual([]);
    expect(complaints).toEqual([]);
  },
});
test.describe.configure({ timeout: 200_000 }); // the first one waits for the docs to be built

const embed = (page: Page, index: number) => page.locator("http-playground").nth(index);

async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`),
  );
}

test("every example of a page is a playground, and runs", async ({ docs, page }) => {
  await docs("guide/getting-started.html");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Getting started");
  const count = await page.locator("http-playground").count();
  expect(count).toBe(3);
  for (let index = 0; index < count; index++) {
    await embed(page, index).getByRole("button", { name: "Run", exact: true }).click();
    const frame = embed(page, index).frameLocator("iframe");
    const [panel, text] = index === 2 ? ["Console", "200 You asked for /hello"] : ["Response", "Hello World"];
    await expect(frame.getByRole("region", { name: panel })).toContainText(text);
  }
});

test("a program that sends its own requests gets none from Run", async ({ docs, page }) => {
  await docs("guide/websocket-and-events.html");
  await embed(page, 0).getByRole("button", { name: "Run", exact: true }).click();
  const frame = embed(page, 0).frameLocator("iframe");
  await expect(frame.getByRole("region", { name: "Console" })).toContainText("echo: Hello");
  await expect(frame.getByRole("region", { name: "Console" })).not.toContainText("Error");
});

test("playgrounds follow the site's toggle, and are there after a change of pages", async ({
  docs,
  page,
}) => {
  await page.emulateMedia({ colorScheme: "light" });
  await docs("concepts/network.html");
  await embed(page, 0).getByRole("button", { name: "Run", exact: true }).click();
  const root = embed(page, 0).frameLocator("iframe").locator("html");
  await expect(root).toHaveAttribute("data-theme", "light");
  await page.locator(".VPNavBar .VPSwitchAppearance").first().click();
  await expect(root).toHaveAttribute("data-theme", "dark");
  await page.getByRole("link", { name: "The socket", exact: true }).first().click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("The socket");
  await embed(page, 0).getByRole("button", { name: "Run", exact: true }).click();
  await expect(embed(page, 0).frameLocator("iframe").getByRole("region", { name: "Console" })).toContainText(
    "echo: HELLO",
  );
});

test("the search finds a name of the reference", async ({ docs, page }) => {
  await docs("");
  await page
    .getByRole("button", { name: /Search/ })
    .first()
    .click();
  await page.getByRole("searchbox").fill("shouldAcceptRequest");
  await expect(page.locator(".VPLocalSearchBox .result").first()).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/docs\/(reference|guide|migrating)\//);
});

test("the reference says what an entry point exports", async ({ docs, page }) => {
  await docs("reference/portico.html");
  for (const name of ["AsyncHttpServer", "HttpHeaders", "fetchHandler()", "ServerOptions"])
    await expect(page.getByRole("heading", { name, exact: false, level: 3 }).first()).toBeVisible();
  await expect(page.locator(".vp-doc")).toContainText(
    "Bytes of a request body, as sent. More is 413. Default 8,388,608.",
  );
});

for (const theme of ["light", "dark"] as const) {
  test(`axe finds nothing in the ${theme} theme, on a phone as well`, async ({ docs, page }) => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" }); // nothing in the middle of a fade
    await docs("guide/getting-started.html");
    await expect(embed(page, 0).getByRole("button", { name: "Run", exact: true })).toBeVisible();
    expect(await violations(page)).toEqual([]);
    await page.screenshot({ path: `.build/e2e-shots/docs-${theme}.png` });
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await page.screenshot({ path: `.build/e2e-shots/docs-${theme}-phone.png` });
    await docs("migrating/from-msw.html");
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await docs("");
    expect(await violations(page)).toEqual([]);
  });
}

test("the demo page of the embed stands on its own", async ({ page, site, complaints }) => {
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await page.goto(`${site}embed-demo.html`);
  await embed(page, 1).getByRole("button", { name: "Run", exact: true }).click();
  await expect(embed(page, 1).frameLocator("iframe").getByRole("region", { name: "Response" })).toContainText(
    "1 ...",
  );
  expect(await violations(page)).toEqual([]);
  expect(complaints).toEqual([]);
});
