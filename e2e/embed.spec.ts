/** `<http-playground>` in pages of other origins: what a reader and a page's script meet there. */
import { startCanary } from "./support/canary.ts";
import { CODE, HELLO, inside, run, SCRIPT, test } from "./support/embed.ts";
import { startHost } from "./support/host.ts";
import { expect } from "./support/playground.ts";

test("nothing but the script is loaded before Run, and Run shows the response", async ({
  host,
  page,
  site,
}) => {
  const asked: string[] = [];
  page.on("request", (request) => request.url().startsWith(site) && asked.push(request.url()));
  await host(`${SCRIPT}${CODE}`);
  await expect(run(page)).toBeVisible();
  await expect(page.getByText('console.log("it runs <here>")')).toBeVisible();
  await page.waitForLoadState("networkidle");
  expect(asked).toEqual([`${site}embed.js`]);
  await run(page).click();
  const frame = inside(page);
  await expect(frame.getByRole("region", { name: "Response" })).toContainText("You asked for /ada");
  await expect(frame.getByRole("region", { name: "Console" })).toContainText("it runs <here>");
  await expect(frame.getByRole("region", { name: "Editor" })).toContainText("it runs <here>");
  await expect(frame.getByRole("region", { name: "Wire" })).toBeHidden();
  await expect(run(page)).toBeHidden();
});

test("the panels of an example are those that were asked for, and the page around need say nothing of COOP", async ({
  host,
  page,
}) => {
  await host(`${SCRIPT}${HELLO}`);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
  await run(page).click();
  const frame = inside(page);
  await expect(frame.getByRole("region", { name: "Response" })).toContainText("Hello World");
  await expect(
    frame.getByRole("region", { name: "Wire" }).getByRole("option", { name: /200 OK/ }),
  ).toBeVisible();
  await expect(frame.getByRole("region", { name: "Editor" })).toContainText("AsyncHttpServer");
  await expect(frame.getByRole("region", { name: "Console" })).toBeHidden();
});

for (const [width, tabs] of [
  [760, ["Response", "Wire"]],
  [390, ["Editor", "Response", "Wire"]],
] as const) {
  test(`where there is no room for all, at ${width} pixels, panels take turns`, async ({ host, page }) => {
    await page.setViewportSize({ width, height: 844 });
    await host(`${SCRIPT}${HELLO}`);
    await run(page).click();
    const frame = inside(page);
    await expect(frame.getByRole("tab")).toHaveText(tabs);
    await frame.getByRole("tab", { name: "Response" }).click();
    await expect(frame.getByRole("region", { name: "Response" })).toContainText("Hello World");
    await page.keyboard.press("ArrowRight");
    await expect(frame.getByRole("option", { name: /200 OK/ })).toBeVisible();
    await expect(frame.getByRole("region", { name: "Response" })).toBeHidden();
  });
}

test("a page that keeps to COEP and to a policy of its own can have one", async ({ host, page, site }) => {
  const { origin } = new URL(site);
  await host(`${SCRIPT}${HELLO}`, {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Content-Security-Policy": `default-src 'none'; script-src ${origin}; frame-src ${origin}; img-src data:`,
  });
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  await run(page).click();
  await expect(inside(page).getByRole("region", { name: "Response" })).toContainText("Hello World");
});

test("a page whose policy forbids the frame is told at once what it needs", async ({
  host,
  page,
  site,
  complaints,
}) => {
  const { origin } = new URL(site);
  await host(`${SCRIPT}${HELLO}`, {
    "Content-Security-Policy": `default-src 'none'; script-src ${origin}; img-src data:`,
  });
  await run(page).click();
  await expect(page.locator("http-playground").getByRole("status")).toHaveText(
    `The playground could not be loaded: this page's Content-Security-Policy needs frame-src ${origin}.`,
  );
  complaints.length = 0; // the policy's own
});

for (const policy of ["sandbox allow-scripts", "sandbox allow-scripts; style-src 'none'"]) {
  test(`a page of no origin can have one, with all that belongs to it: ${policy}`, async ({ host, page }) => {
    const paged = CODE.replace(" console", " preview").replace(
      "pathname)",
      'pathname, { "Content-Type": "text/html" })',
    );
    await host(`${SCRIPT}${paged}`, { "Content-Security-Policy": policy });
    expect(await page.evaluate(() => origin)).toBe("null");
    await run(page).click();
    const frame = inside(page);
    await expect(frame.getByRole("region", { name: "Response" })).toContainText("You asked for /ada");
    await expect(frame.locator("body")).toHaveCSS("display", "grid");
    await expect(
      frame.getByRole("region", { name: "Preview" }).frameLocator("iframe").locator("body"),
    ).toHaveText("You asked for /ada");
    // Not every browser asks for a frame's icon.
    await frame.locator("link[rel=icon]").evaluate(async (link: HTMLLinkElement) => {
      const icon = new Image();
      icon.src = link.href;
      await icon.decode();
    });
  });
}

test("many on one page, which has the script twice, know nothing of each other", async ({ host, page }) => {
  const each = (name: string) =>
    `<http-playground view="code response">import { AsyncHttpServer } from "portico";
     await new AsyncHttpServer().serve(8080, (request) =&gt; request.respond(200, "I am ${name}"));</http-playground>`;
  const again = SCRIPT.replace("embed.js", "embed.js?v=2");
  await host(`${SCRIPT}${again}${["one", "two", "three", "four"].map(each).join("")}`);
  for (const index of [0, 1, 2, 3]) await run(page, index).click();
  for (const [index, name] of ["one", "two", "three", "four"].entries()) {
    const response = inside(page, index).getByRole("region", { name: "Response" });
    await page.locator("http-playground").nth(index).scrollIntoViewIfNeeded(); // out of sight, frames are not drawn
    await expect(response).toContainText(`I am ${name}`);
  }
});

test("a playground that is not there is said to be missing, and Run tries again", async ({
  host,
  page,
  site,
  complaints,
}) => {
  await host(`${SCRIPT}<http-playground base="ftp://127.0.0.1/" example="hello"></http-playground>`);
  const status = page.locator("http-playground").getByRole("status");
  await run(page).click();
  await expect(status).toHaveText(
    "The playground could not be loaded: base is not an address of http or https.",
  );
  await page.evaluate((base) => document.querySelector("http-playground")?.setAttribute("base", base), site);
  await run(page).click();
  await expect(inside(page).getByRole("region", { name: "Response" })).toContainText("Hello World");
  complaints.length = 0;
});

test("an example that does not exist is said to be none, though the first one runs", async ({
  host,
  page,
}) => {
  await host(`${SCRIPT}<http-playground example="helo"></http-playground>`);
  await run(page).click();
  await expect(inside(page).getByRole("region", { name: "Response" })).toContainText("200 OK");
  await expect(inside(page).getByRole("alert")).toContainText("There is no such example.");
});

test("without scripts the code is there to read", async ({ browser, site }) => {
  const page = await browser.newPage({ javaScriptEnabled: false });
  const host = await startHost(`${SCRIPT.replace("SITE", site)}${CODE}`);
  await page.goto(host.url);
  await expect(page.getByText('console.log("it runs <here>")')).toBeVisible();
  await page.close();
  await host.close();
});

test("a plain frame shows the panels that its URL names, and runs nothing by itself", async ({
  host,
  page,
}) => {
  await host(
    `<iframe title="Playground" style="width: 900px; height: 500px" src="SITEembed.html?example=router&view=code,request,response,constructor&request=GET+/add/4/5&theme=dark"></iframe>`,
  );
  const frame = page.frameLocator("iframe");
  await expect(frame.getByRole("status", { name: "Engine" })).toHaveText(/ready/);
  await expect(frame.locator("html")).toHaveAttribute("data-theme", "dark");
  await frame.getByRole("button", { name: "Run" }).click();
  await expect(frame.getByRole("region", { name: "Response" })).toContainText("9");
});

/** Ways out that a stranger's code could try from the worker; `out` is a server that must hear nothing. */
const WAYS_OUT: Readonly<Record<string, string>> = {
  XMLHttpRequest: `const x = new XMLHttpRequest(); x.open("GET", out, false); x.send(); return "open";`,
  importScripts: `importScripts(out); return "open";`,
  "import()": `await import(out); return "open";`,
  EventSource: `return new Promise((resolve) => { const e = new EventSource(out); e.onerror = () => resolve("blocked"); e.onopen = () => resolve("open"); });`,
  "a worker's fetch": `return new Promise((resolve) => { const w = new Worker(URL.createObjectURL(new Blob(['fetch("' + out + '").then(() => postMessage("open"), () => postMessage("blocked"))']))); w.onmessage = ({ data }) => resolve(data); w.onerror = () => resolve("blocked"); });`,
  "the page around": `return ["document", "window", "parent", "top", "opener", "localStorage"].some((name) => name in globalThis) ? "open" : "blocked";`,
  "its origin": `return self.origin === "null" ? "blocked" : "open";`,
  "the database": `indexedDB.open("x"); return "open";`,
};

test("no way leads out of an embed, neither to the page around nor anywhere else", async ({
  host,
  page,
  complaints,
}) => {
  const canary = await startCanary();
  const attempts = Object.entries(WAYS_OUT).map(
    ([name, body]) => `${JSON.stringify(name)}: async () => { ${body} }`,
  );
  const code = `const out = "http://127.0.0.1:${canary.port}/leak";
const attempts: Record<string, () => Promise<string>> = { ${attempts.join(",\n")} };
for (const [name, attempt] of Object.entries(attempts))
  console.log(name + ": " + (await Promise.race([attempt().catch(() => "blocked"), new Promise((resolve) => setTimeout(resolve, 1500, "blocked"))])));
self.postMessage({ type: "portico-ready" });
console.log("all were tried");`;
  const escaped = code.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  await host(
    `${SCRIPT}<h1>Host</h1><http-playground view="console" request="none"><pre>${escaped}</pre></http-playground>`,
  );
  const before = page.url();
  await run(page).click();
  const output = inside(page).getByRole("region", { name: "Console" });
  await expect(output).toContainText("all were tried", { timeout: 30_000 });
  const lines = (await output.getByRole("log").innerText())
    .split("\n")
    .filter((line) => /: (open|blocked)$/.test(line));
  expect(lines).toEqual(Object.keys(WAYS_OUT).map((name) => `${name}: blocked`));
  expect(canary.heard).toEqual([]);
  expect(page.url()).toBe(before);
  await expect(page.getByRole("heading", { name: "Host" })).toBeVisible();
  await canary.close();
  complaints.length = 0; // what the policy refused, it told the console of
});

test("a page's script hears of it, runs it, and may move and change the element", async ({ host, page }) => {
  await host(`${SCRIPT}<http-playground example="hello"></http-playground><div></div>`);
  await expect(run(page)).toBeVisible();
  const ready = await page.evaluate(async () => {
    const element = document.querySelector("http-playground") as HTMLElement & { run(): Promise<void> };
    const fired = new Promise((resolve) => element.addEventListener("ready", (event) => resolve(event.type)));
    await element.run();
    return fired;
  });
  expect(ready).toBe("ready");
  await expect(inside(page).getByRole("region", { name: "Response" })).toContainText("Hello World");
  await page.evaluate(() =>
    document.querySelector("div")?.append(document.querySelector("http-playground") ?? ""),
  );
  await expect(page.locator("http-playground iframe")).toHaveCount(0);
  await page.evaluate(() => document.querySelector("http-playground")?.setAttribute("example", "router"));
  await run(page).click();
  await expect(inside(page).getByRole("region", { name: "Response" })).toContainText("Hello ada");
});
