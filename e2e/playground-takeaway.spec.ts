/** What can be taken from the playground: links, projects, commands; and the playground itself, offline. */
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";
import { expect, test } from "./support/playground.ts";

/** A link of version 1 as it was made when version 1 was new. It has to open for ever. */
const OLD_LINK =
  "#v1.XY9PS8QwEMW_SphTC6WWPS0rCgqiF0Gox1xiO_2DSSYms-6W0u_uxF08eHu_eZM3Lyvg2bhgEQ4wobUEFXTUZ5xdoMhqVQ9p8d0Lc2gxfmNUmxoiOaUh-3NHGm61174jn8hibWksNHxiYA2lOB5P_yOKsk5ZFPtm31SqiPh1xMSlurtXV11HTIF8X-wa2fjLy4FS8boEhxXcpe1A0YnhkCfqhZ-f3gWD4UngJr8WnND0GJNMBD6oXy4qmlMWWwUJmWc_phxsDaPvlleBXSPrC2N6w9iifFQuyMiZc4ujQ8-P2fydDeZopRd48gjb9gM";

test("a link brings code, request and conditions back", async ({ playground, page }) => {
  await playground.open("#example=json-api");
  await playground.write("// shared: ü\n");
  await page.getByLabel("Path").fill("/shared?x=1");
  await page.getByLabel("Headers").fill("X-A: 1");
  await page.getByRole("slider", { name: "Latency" }).fill("4");
  await page.getByLabel("Fault", { exact: true }).selectOption("jitter");
  await page.getByRole("slider", { name: "Fault for" }).fill("5");
  await playground.button("Share").click();
  await expect(page).toHaveURL(/#v1\.[\w-]+$/);
  const link = page.url();
  await page.goto("about:blank");
  await page.goto(link);
  await expect(page.getByRole("textbox", { name: "Program" })).toContainText("// shared: ü");
  await expect(page.getByLabel("Path")).toHaveValue("/shared?x=1");
  await expect(page.getByLabel("Headers")).toHaveValue("X-A: 1");
  await expect(page.getByRole("slider", { name: "Latency" })).toHaveAttribute("aria-valuetext", "20 ms");
  await expect(page.getByLabel("Fault", { exact: true })).toHaveValue("jitter");
  await expect(page.getByRole("slider", { name: "Fault for" })).toHaveAttribute("aria-valuetext", "1 s");
  await playground.write("changed");
  await playground.button("Reset").click();
  await expect(page.getByRole("textbox", { name: "Program" })).toContainText("// shared: ü");
});

test("links of version 1 stay readable, broken ones say so", async ({ playground, page }) => {
  await playground.open(OLD_LINK);
  await expect(page.getByRole("alert")).toContainText("is not running");
  await expect(page.getByRole("textbox", { name: "Program" })).toContainText("console.log");
  for (const [hash, reason] of [
    ["#v1.AAAA", "damaged"],
    [OLD_LINK.slice(0, 80), "damaged"],
    ["#v9.abc", "version 9"],
    ["#nonsense", "does not hold a program"],
  ] as const) {
    await page.goto("about:blank");
    await page.goto(playground.url + hash);
    await expect(page.getByRole("alert")).toContainText(`This link is broken: `);
    await expect(page.getByRole("alert")).toContainText(reason);
    await expect(page.getByRole("textbox", { name: "Program" })).toContainText("Hello World");
  }
});

test("the project that is downloaded runs on Node", async ({ playground, page }) => {
  await playground.open();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    playground.button("Download").click(),
  ]);
  expect(download.suggestedFilename()).toBe("portico-hello.zip");
  const folder = join(process.cwd(), ".build", "project");
  rmSync(folder, { recursive: true, force: true });
  for (const [name, bytes] of Object.entries(unzipSync(readFileSync(await download.path())))) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  const project = join(folder, "portico-hello");
  const { dependencies } = JSON.parse(readFileSync(join(project, "package.json"), "utf8"));
  const tarball = join(project, dependencies.portico.replace("file:", ""));
  // What `npm install` does, without a registry: Portico from its tarball, the rest from where it is.
  const modules = join(project, "node_modules");
  mkdirSync(join(modules, "portico"), { recursive: true });
  execFileSync("tar", ["xzf", tarball, "-C", join(modules, "portico"), "--strip-components=1"]);
  mkdirSync(join(modules, ".bin"));
  symlinkSync(join(process.cwd(), "node_modules/.bin/esbuild"), join(modules, ".bin/esbuild"));
  const server = spawn("npm", ["start"], { cwd: project, detached: true });
  try {
    const port = await new Promise((resolve, reject) => {
      let output = "";
      const listen = (text: Buffer) => {
        output += text;
        const found = /localhost:(\d+)/.exec(output)?.[1];
        if (found) resolve(found);
      };
      server.stdout.on("data", listen);
      server.stderr.on("data", listen);
      server.once("exit", () => reject(new Error(output)));
    });
    expect(await (await fetch(`http://localhost:${port}/`)).text()).toBe("Hello World");
  } finally {
    process.kill(-server.pid!, "SIGKILL");
  }
});

test("a request is copied as a command for curl", async ({ playground, page }) => {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await playground.open();
  const copied = async () => {
    await playground.button("Copy as curl").click();
    await expect(page.locator("#announcer")).toContainText("The command is copied");
    return page.evaluate(() => navigator.clipboard.readText());
  };
  await page.getByLabel("Headers").fill("X-It: it's");
  await page.getByLabel("Body").fill("a=b");
  await page.getByLabel("Method").fill("PUT");
  expect(await copied()).toBe(
    "curl -i -X PUT -H 'X-It: it'\\''s' -H Content-Type: --data-raw a=b http://localhost:8080/",
  );
  await playground.button("Raw bytes").click();
  await page.getByLabel("Bytes to send").fill("GET /%\\x00\\r\\n");
  expect(await copied()).toBe("printf 'GET /%%\\000\\r\\n' | nc localhost 8080");
});

test("it loads from its own origin alone, and works offline after the first visit", async ({
  playground,
  page,
  complaints,
}) => {
  const others: string[] = [];
  page.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (!["blob:", "data:", "about:"].includes(protocol) && origin !== new URL(playground.url).origin)
      others.push(request.url());
  });
  await playground.open("#example=files");
  await expect(page.getByText("Ready to work offline")).toBeVisible();
  await page.context().setOffline(true);
  await page.reload();
  await expect(playground.status()).toHaveText(/ready/);
  await playground.run();
  await expect(playground.region("Response")).toContainText("200 OK");
  const heading = playground
    .region("Preview")
    .frameLocator("iframe")
    .getByRole("heading", { name: "Served from memory" });
  await expect(heading).toBeVisible({ timeout: 10_000 });
  await playground.button("Format").click();
  await expect(page.locator("#announcer")).toHaveText("Formatted");
  expect(complaints).toEqual([]);
  await playground.button("Download").click();
  await expect(page.getByRole("alert")).toContainText("can't be had without a network");
  complaints.length = 0; // the browser's own word on the package
  await page.context().setOffline(false);
  expect(others).toEqual([]);
});
