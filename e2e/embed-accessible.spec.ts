/** `<http-playground>` for who has no mouse, reads it in the dark, on a phone, or hears it. */
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright/test";
import { CODE, HELLO, inside, run, SCRIPT, test } from "./support/embed.ts";
import { expect } from "./support/playground.ts";

async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

test("the keyboard alone runs it and goes on inside, where Escape and Tab leave the editor", async ({
  host,
  page,
}) => {
  await host(`${SCRIPT}<a href="#before">before</a>${HELLO}<a href="#after">after</a>`);
  await expect(run(page)).toBeVisible();
  await page.getByRole("link", { name: "before" }).focus();
  await page.keyboard.press("Tab");
  await expect(run(page)).toBeFocused();
  await page.keyboard.press("Enter");
  const frame = inside(page);
  await expect(frame.getByRole("region", { name: "Response" })).toContainText("Hello World");
  await expect(page.locator("http-playground iframe")).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(frame.getByRole("button", { name: "Run" })).toBeFocused();
  for (let step = 0; step < 40; step++) {
    await page.keyboard.press("Escape");
    await page.keyboard.press("Tab");
    if (await page.getByRole("link", { name: "after" }).evaluate((link) => link === document.activeElement))
      return;
  }
  throw new Error("The keyboard does not come out of the embed");
});

test("the theme is the page's, whatever toggles it, or the attribute's", async ({ host, page }) => {
  await page.emulateMedia({ colorScheme: "light" });
  await host(`<style>
      html { color: #111; background: #fff }
      html.night { color: #eee; background: #111 }
      html.slow { transition: color 0.3s }
      @media (prefers-color-scheme: dark) { html:not(.fixed) { color: oklch(0.95 0.01 200); background: #111 } }
    </style>${SCRIPT}${HELLO}<http-playground theme="dark" example="hello"></http-playground>`);
  const box = (index: number) => page.locator("http-playground").nth(index).getByRole("group").first();
  await expect(box(0)).toHaveAttribute("data-theme", "light");
  await expect(box(1)).toHaveAttribute("data-theme", "dark");
  await run(page).click();
  const root = inside(page).locator("html");
  await expect(root).toHaveAttribute("data-theme", "light");
  await page.evaluate(() => document.documentElement.classList.add("night"));
  await expect(root).toHaveAttribute("data-theme", "dark");
  await page.evaluate(() => document.documentElement.classList.replace("night", "slow"));
  await expect(root).toHaveAttribute("data-theme", "light");
  await page.emulateMedia({ colorScheme: "dark" });
  await expect(root).toHaveAttribute("data-theme", "dark");
  await page.evaluate(() => document.querySelector("http-playground")?.setAttribute("theme", "light"));
  await expect(root).toHaveAttribute("data-theme", "light");
});

for (const theme of ["light", "dark"] as const) {
  test(`axe finds nothing in the ${theme} theme, before Run and after, on a phone as well`, async ({
    host,
    page,
  }) => {
    await page.emulateMedia({ colorScheme: theme });
    await host(`<style>:root { color-scheme: light dark; font-family: sans-serif }</style><main><h1>Host</h1>
      ${SCRIPT}${HELLO}${CODE.replace("<http-playground", '<http-playground label="Second"')}
      <http-playground label="Third">const plain = "text";</http-playground></main>`);
    await expect(run(page)).toBeVisible();
    expect(await violations(page)).toEqual([]);
    await run(page).click();
    await expect(inside(page).getByRole("region", { name: "Response" })).toContainText("Hello World");
    await run(page, 1).click();
    await expect(inside(page, 1).getByRole("region", { name: "Response" })).toContainText("/ada");
    expect(await violations(page)).toEqual([]);
    await page.screenshot({ path: `.build/e2e-shots/embed-${theme}.png`, fullPage: true });
    await page.setViewportSize({ width: 390, height: 844 });
    await page.reload();
    await run(page).click();
    await inside(page).getByRole("tab", { name: "Wire" }).click();
    await expect(inside(page).getByRole("option", { name: /200 OK/ })).toBeVisible();
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await page.screenshot({ path: `.build/e2e-shots/embed-${theme}-phone.png`, fullPage: true });
  });
}
