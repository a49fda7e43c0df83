/** First mistakes, large answers, parts that do not come: what the page does then, and that it says so. */
import { expect, test } from "./support/playground.ts";

test("raw bytes are sent by Send alone, and of much output the end is there", async ({ playground }) => {
  await playground.open();
  await playground.write(`import { AsyncHttpServer } from "portico";
for (let line = 1; line <= 10_000; line++) console.log("line", line);
const notes = Array.from({ length: 130_000 }, (_, id) => ({ id, text: "note number " + id }));
new AsyncHttpServer().serve(8123, (request) =>
  request.respond(200, JSON.stringify(notes), { "Content-Type": "application/json" }));`);
  await playground.sendRaw("GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n");
  const response = playground.region("Response");
  await expect(response).toContainText("200 OK");
  await expect(response).toContainText(/all in .* · 5\d{3} kB/, { timeout: 15_000 });
  await expect(response.locator("pre")).toContainText('{\n    "id": 1,\n');
  await expect(response.locator("pre")).toContainText(/the rest is not shown; 5\d{3} kB came in all$/);
  const output = playground.region("Console").getByRole("log");
  await expect(output).toContainText(/lines were dropped/);
  await expect(output.locator("div").last()).toHaveText("line 10000");
  await playground.button("Raw").click();
  await expect(response.locator("pre")).toContainText(/5\d{3} kB in all$/);
});

test("a program that is too much for a link is not shared as one that can't be opened", async ({
  playground,
  page,
}) => {
  await playground.open();
  await playground.write(`// ${"x".repeat(500_001)}`);
  await playground.button("Share").click();
  await expect(page.getByRole("alert")).toContainText("too much for a link");
  expect(new URL(page.url()).hash).toBe("");
});

test.describe("without a network and before it works offline", () => {
  test.use({ serviceWorkers: "block" });

  test("formatting and the preview say what they miss, and work when it is there again", async ({
    playground,
    page,
    complaints,
  }) => {
    await playground.open("#example=files");
    await expect(playground.status()).toHaveText(/ready/);
    await page.waitForLoadState("networkidle");
    const parts = /\/assets\/(format|services|preview-bridge)/;
    await page.route(parts, (route) => route.abort());
    await playground.button("Format").click();
    await expect(page.getByRole("alert")).toContainText("Formatting needs a part of the playground");
    await playground.run();
    const preview = playground.region("Preview");
    await expect(preview).toContainText("Previews need a part of the playground");
    complaints.length = 0; // the browser's own words on what it could not load
    await page.unroute(parts);
    await playground.button("Send").click();
    await expect(
      preview.frameLocator("iframe").getByRole("heading", { name: "Served from memory" }),
    ).toBeVisible();
    await playground.button("Format").click();
    await expect(page.locator("#announcer")).toHaveText("Formatted", { timeout: 10_000 });
  });
});
