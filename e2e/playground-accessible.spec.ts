/** The playground for everybody: keyboard alone, screen readers, both themes, a phone. */
import { AxeBuilder } from "@axe-core/playwright";
import type { Locator, Page } from "playwright/test";
import { expect, test } from "./support/playground.ts";

async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).exclude("iframe").analyze();
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`),
  );
}

for (const theme of ["light", "dark"] as const) {
  test(`axe finds nothing in the ${theme} theme`, async ({ playground, page }) => {
    await page.emulateMedia({ colorScheme: theme });
    await playground.open("#example=chunked-progress");
    expect(await violations(page)).toEqual([]);
    await page.getByLabel("Path").fill("/?steps=2&ms=1");
    await playground.run();
    await expect(playground.region("Response")).toContainText("step 2 of 2");
    await playground
      .region("Wire")
      .getByRole("option", { name: /200 OK/ })
      .click();
    await playground.region("Wire").getByRole("listitem").first().hover();
    expect(await violations(page)).toEqual([]);
    await playground.button("Sequence").click();
    await playground.button("Raw").click();
    await playground.button("Raw bytes").click();
    await playground.run("const x: number = 1;\nthrow new Error(String(x));");
    await expect(playground.region("Console")).toContainText("line 2");
    expect(await violations(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByRole("tab", { name: theme === "light" ? "Wire" : "Request" }).click();
    expect(await violations(page)).toEqual([]);
  });
}

test("on the smallest phone, at 400 % and in the system's colours, all can be told apart and reached", async ({
  playground,
  page,
}) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await playground.open();
  await playground.run();
  await expect(playground.region("Response")).toContainText("Hello World");
  const cut = await page
    .getByRole("tab")
    .evaluateAll((tabs) =>
      tabs.filter((tab) => tab.scrollWidth > tab.clientWidth).map((tab) => tab.textContent),
    );
  expect(cut).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  await page.getByRole("tab", { name: "Console" }).click();
  await expect(page.getByRole("tab", { name: "Console" })).toBeInViewport({ ratio: 0.9 });
  await page.getByRole("tab", { name: "Wire" }).click();
  await expect(playground.region("Wire")).toContainText("6 rows, 1 connection");
  await expect(playground.region("Wire")).not.toContainText("1 connections");
  const ground = (part: Locator) => part.evaluate((element) => getComputedStyle(element).backgroundColor);
  const rows = playground.region("Wire").getByRole("listbox").getByRole("option");
  await rows.first().click();
  await page.emulateMedia({ forcedColors: "active" });
  for (const [chosen, other] of [
    [rows.first(), rows.nth(1)],
    [page.getByRole("tab", { name: "Wire" }), page.getByRole("tab", { name: "Editor" })],
    [playground.button("Segments"), playground.button("Sequence")],
  ] as const)
    expect(await ground(chosen)).not.toBe(await ground(other));
  await page.setViewportSize({ width: 320, height: 256 });
  await page.getByRole("tab", { name: "Request" }).click();
  await page.getByLabel("Body", { exact: true }).scrollIntoViewIfNeeded();
  await expect(page.getByLabel("Body", { exact: true })).toBeInViewport({ ratio: 0.9 });
});

test("the keyboard alone runs a program, leaves the editor and walks the wire", async ({
  playground,
  page,
}) => {
  await playground.open();
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(playground.region("Response")).toContainText("Hello World");
  await expect(page.locator("#announcer")).toHaveText("200 OK, 11 B");
  const editor = page.getByRole("textbox", { name: "Program" });
  await editor.focus();
  await page.keyboard.press("Tab");
  await expect(editor).toBeFocused();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Tab");
  await expect(editor).not.toBeFocused();
  const rows = playground.region("Wire").getByRole("listbox");
  await rows.focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowDown");
  await expect(rows.getByRole("option", { selected: true })).toContainText("GET / HTTP/1.1");
  await expect(rows).toHaveAttribute("aria-activedescendant", "row-1");
  await page.keyboard.press("Tab");
  await page.keyboard.press("ArrowDown");
  await expect(playground.region("Wire").getByRole("listitem").first()).toBeFocused();
});

test("on a phone the tabs show one panel at a time, and nothing sticks out", async ({ playground, page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await playground.open();
  await expect(playground.region("Editor")).toBeVisible();
  await expect(playground.region("Wire")).toBeHidden();
  await playground.run("const x = ;");
  await expect(playground.region("Console")).toContainText("SyntaxError");
  await page.getByRole("tab", { name: "Editor" }).click();
  await playground.run(
    'import { AsyncHttpServer } from "portico";\nnew AsyncHttpServer().serve(80, (r) => r.respond(200, "Hello World"));',
  );
  await expect(playground.region("Response")).toContainText("Hello World");
  await expect(playground.region("Editor")).toBeHidden();
  await page.getByRole("tab", { name: "Response" }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(playground.region("Wire").getByRole("option", { name: /200 OK/ })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});
