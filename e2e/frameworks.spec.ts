/** Programs for Node, unchanged, in a page: behind the package's aliases, as its users bundle them. */
import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execPath } from "node:process";
import { expect, type Page, test } from "playwright/test";
import { root } from "../scripts/entries.mjs";
import { bundle, type Site, startSite } from "./frameworks/site.ts";

let site: Site;

test.beforeAll(async () => {
  const [cases, host, starter] = await Promise.all([
    bundle({ entryPoints: [`${root}src/node-http/test/page.ts`] }),
    bundle({ entryPoints: [`${root}e2e/frameworks/host.ts`] }),
    bundledStarter(),
  ]);
  site = await startSite({ cases, host, starter });
});
test.afterAll(() => site.close());

test("Express, Koa and Connect answer in a page what they answer on Node", async ({ page }) => {
  await page.goto(`${site.url}cases`);
  const { passed, failed } = await page.evaluate(() => (globalThis as unknown as Cases).run());
  expect(failed).toEqual([]);
  expect(passed).toBeGreaterThan(30);
});

for (const [name, hello] of [
  ["express", "Hello World!"],
  ["hono", "Hello Hono!"],
] as const) {
  test(`${name}'s hello, static and JSON examples are served to an iframe`, async ({ page }) => {
    await page.goto(`${site.url}host`);
    const urls = await page.evaluate(() => (globalThis as unknown as Host).start());
    await openFrame(page, urls[name]);
    const frame = page.frameLocator("iframe");
    await expect(frame.locator("body")).toHaveText(hello);
    await openFrame(page, `${urls[name]}static/index.html`);
    await expect(frame.locator("h1")).toHaveCSS("color", "rgb(1, 2, 3)");
    await expect(frame.locator("body")).toHaveAttribute("data-json", JSON.stringify({ [name]: { n: 1 } }));
  });
}

test("what express-generator writes runs in a page: routes, files, cookies, the log", async ({ page }) => {
  const lines: string[] = [];
  page.on("console", (message) => lines.push(message.text()));
  await page.goto(`${site.url}starter`);
  const url = await page.evaluate(() => (globalThis as unknown as Starter).expose());
  await openFrame(page, url);
  const frame = page.frameLocator("iframe");
  await expect(frame.locator("h1")).toHaveText("Express");
  await expect(frame.locator("body")).toHaveCSS("font-size", "14px");
  await openFrame(page, `${url}users`);
  await expect(frame.locator("body")).toHaveText("respond with a resource");
  expect(lines.join("\n")).toMatch(/GET \/stylesheets\/style\.css .*200/);
});

interface Cases {
  run(): Promise<{ passed: number; failed: string[] }>;
}
interface Host {
  start(): Promise<{ express: string; hono: string }>;
}
interface Starter {
  expose(): Promise<string>;
}

async function openFrame(page: Page, url: string): Promise<void> {
  await page.evaluate((src) => {
    document.querySelector("iframe")?.remove();
    const frame = document.createElement("iframe");
    frame.src = src;
    document.body.append(frame);
  }, url);
}

/** The generator's own files, with Express 5 under them. */
async function bundledStarter(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "portico-starter-"));
  try {
    const generator = `${root}node_modules/express-generator/bin/express-cli.js`;
    execFileSync(execPath, [generator, "--no-view", "--force", folder], { stdio: "ignore" });
    const contents = `import "portico/node-http/globals";
      import { defaultNetwork } from "portico";
      import { mountFiles } from "portico/node-http/fs";
      import { exposeNetwork } from "portico/service-worker";
      import ${JSON.stringify(join(folder, "bin/www"))};
      mountFiles(${JSON.stringify(await publicFiles(folder))});
      globalThis.expose = async () => (await exposeNetwork(defaultNetwork, { scope: "/" })).urlFor(3000, "/");`;
    return await bundle({ stdin: { contents, resolveDir: root } }, { __dirname: '"/app"' });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function publicFiles(folder: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  const entries = await readdir(join(folder, "public"), { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    files[`/app${path.slice(folder.length).replaceAll("\\", "/")}`] = await readFile(path, "utf8");
  }
  return files;
}
