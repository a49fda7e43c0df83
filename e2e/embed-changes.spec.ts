/** `<http-playground>` in pages that change under it, as parsers, frameworks and toggles do. */
import { CODE, inside, run, SCRIPT, test } from "./support/embed.ts";
import { expect } from "./support/playground.ts";

test("code that the page writes on, or anew, is what is shown and what runs", async ({ host, page }) => {
  const served = (text: string) => `import { AsyncHttpServer } from "portico";
await new AsyncHttpServer().serve(8080, (request) => request.respond(200, "${text}"));`;
  await host(`${SCRIPT}<http-playground>x</http-playground>`);
  await expect(run(page)).toBeVisible();
  const element = page.locator("http-playground");
  const write = (text: string) =>
    element.evaluate((host, code) => ((host.firstChild as Text).data = code), served(text));
  await write("first");
  await expect(element.getByText('"first"')).toBeVisible();
  await run(page).click();
  const response = inside(page).getByRole("region", { name: "Response" });
  await expect(response).toContainText("first");
  // A highlighter's work: the same text in other elements.
  await element.evaluate((host) => {
    host.innerHTML = `<pre><b>${host.textContent?.replaceAll("<", "&lt;").replaceAll("=>", "=&gt;")}</b></pre>`;
  });
  await page.evaluate(() => new Promise(requestAnimationFrame));
  await expect(element.locator("iframe")).toHaveCount(1);
  await element.evaluate(
    (host, code) => ((host.querySelector("b") as HTMLElement).textContent = code),
    served("second"),
  );
  await expect(element.locator("iframe")).toHaveCount(0);
  await run(page).click();
  await expect(response).toContainText("second");
});

test("moved in one piece (moveBefore) it runs on", async ({ host, page }) => {
  await host(`${SCRIPT}${CODE}<main></main>`);
  await run(page).click();
  const response = inside(page).getByRole("region", { name: "Response" });
  await expect(response).toContainText("You asked for /ada");
  const moved = await page.evaluate(() => {
    const main = document.querySelector("main") as HTMLElement & {
      moveBefore?(node: Node | null, at: null): void;
    };
    main.moveBefore?.(document.querySelector("http-playground"), null);
    return main.moveBefore !== undefined;
  });
  test.skip(!moved, "this browser has no moveBefore");
  await expect(page.locator("main iframe")).toHaveCount(1);
  await expect(response).toContainText("You asked for /ada");
});

test("where the page is written from right to left, code is not", async ({ host, page }) => {
  await host(`<script>document.documentElement.dir = "rtl"</script>${SCRIPT}${CODE}
    <http-playground>serve(8080);</http-playground>`);
  for (const index of [0, 1]) {
    const code = page.locator("http-playground").nth(index).getByRole("group", { name: "Code" });
    await expect(code.locator("pre, slot").first()).toHaveCSS("direction", "ltr");
  }
  await expect(page.locator("http-playground > pre")).toHaveCSS("direction", "ltr");
});
