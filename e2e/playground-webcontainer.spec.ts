/** The WebContainer engine in the playground: the real client library, and a stand-in for its host. */
import { test as base, expect, type Playground } from "./support/playground.ts";
import { StandIn } from "./webcontainer/stand-in.ts";

const test = base.extend<{ host: StandIn }>({
  host: async ({ page }, use) => {
    const host = await StandIn.start();
    await page.addInitScript(
      (url) => Object.assign(globalThis, { WEBCONTAINER_API_IFRAME_URL: url }),
      host.url,
    );
    await use(host);
    await host.close();
  },
});

/** Chooses the engine, which leads to the isolated page, with what is there. */
async function choose({ page, status }: Playground): Promise<void> {
  await page.getByRole("combobox", { name: "Runs on" }).selectOption("WebContainer");
  await expect(page).toHaveURL(/isolated\.html/);
  await expect(status()).toHaveText("page engine: ready (WebContainer: not booted yet)");
}

async function boot(playground: Playground): Promise<void> {
  await choose(playground);
  await playground.button("Boot").click();
  await expect(playground.status()).toHaveText("WebContainer engine: ready", { timeout: 15_000 });
}

const PROGRAM = `import { AsyncHttpServer } from "portico";
import { versions } from "node:process";
const page = "<!doctype html><h1>Real Node</h1><img src=/dot.svg alt=dot>";
const server: AsyncHttpServer = new AsyncHttpServer();
await server.listen(0);
console.log("Node", versions.node, server.getPort() > 1023);
while (server.listening) {
  await server.acceptRequest(async (request) => {
    if (request.target === "/dot.svg") return request.respond(200, '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>', { "Content-Type": "image/svg+xml" });
    await request.respond(200, page, { "Content-Type": "text/html" });
  });
}`;

test("it boots when asked to, runs a program on Node, and shows its bytes and its page", async ({
  playground,
  page,
  host,
}) => {
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await playground.open();
  await playground.write(PROGRAM);
  await choose(playground);
  await expect(page.getByRole("alert")).toContainText("Boot starts Node");
  expect(asked.filter((url) => url.startsWith(host.url) || /webcontainer|portico-package/.test(url))).toEqual(
    [],
  );
  await playground.button("Boot").click();
  await expect(playground.status()).toHaveText("WebContainer engine: ready", { timeout: 15_000 });
  await expect(playground.button("Boot")).toBeHidden();
  await playground.button("Run").click();
  await expect(playground.region("Console")).toContainText(`Node ${process.versions.node} true`, {
    timeout: 15_000,
  });
  await expect(playground.region("Response")).toContainText("200 OK");
  await expect(playground.status()).toHaveText("WebContainer engine: running");
  await expect(playground.region("Wire").getByRole("option", { name: /200 OK/ })).toBeVisible();
  const shown = playground.region("Preview").frameLocator("iframe").frameLocator("iframe");
  await expect(shown.getByRole("heading")).toHaveText("Real Node");
  const width = () => shown.getByAltText("dot").evaluate((image: HTMLImageElement) => image.naturalWidth);
  await expect.poll(width).toBe(4);
});

test("raw bytes and conditions hold there too", async ({ playground, page, host }) => {
  await playground.open("#example=upload-echo");
  await boot(playground);
  await playground.run();
  await expect(playground.region("Response")).toContainText("200 OK", { timeout: 15_000 });
  await playground.sendRaw("GET / HTTP/1.1\\r\\nHost: a\\r\\nBroken Name: x\\r\\n\\r\\n");
  await expect(playground.region("Response")).toContainText("400");
  await page.getByRole("slider", { name: "Latency" }).fill("8");
  await playground.sendRaw(`PUT / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 5\\r\\n\\r\\nhello`);
  await expect(playground.region("Response")).toContainText("hello");
  await expect(playground.region("Response")).toContainText(/all in (4|5|6|7|8|9|1\d)\d\d ms/);
  expect(host.processes).toBe(2); // the program and the relay
});

test("Stop ends the process, and the next run is a new one", async ({ playground, host }) => {
  await playground.open();
  await boot(playground);
  await playground.run('console.log("spinning"); for (;;);');
  await expect(playground.region("Console")).toContainText("spinning", { timeout: 15_000 });
  await playground.button("Stop").click();
  await expect(playground.status()).toHaveText("WebContainer engine: ready");
  await expect.poll(() => host.processes).toBe(1);
  await playground.run('console.log("again", 6 * 7);');
  await expect(playground.region("Console")).toContainText("again 42");
  await expect(playground.region("Console")).toContainText("it exited with code 0");
  await expect(playground.status()).toHaveText("WebContainer engine: ended");
});

test("errors there point at their line, compiled or not", async ({ playground, host }) => {
  expect(host.behaviour).toBe("working");
  await playground.open();
  await boot(playground);
  await playground.run('const one: number = 1;\n\nthrow new Error("here it is " + one);');
  const output = playground.region("Console");
  await expect(output).toContainText("Error: here it is 1 (line 3)", { timeout: 15_000 });
  await expect(output).toContainText("it exited with code 1");
  await playground.run("const a = ;");
  await expect(output).toContainText("SyntaxError");
  await expect(output.getByRole("button", { name: "line 1" })).toBeVisible();
  await playground.run('setInterval(() => { for (let i = 0; i < 5000; i++) console.log("flood", i); }, 0);');
  await expect(output).toContainText("lines were dropped");
  await playground.button("Stop").click();
  await expect(playground.status()).toHaveText("WebContainer engine: ready");
});

test("a host that never answers is given up, and Retry boots from one that does", async ({
  playground,
  host,
}) => {
  host.behaviour = "silent";
  await playground.open();
  await choose(playground);
  await playground.button("Boot").click();
  await expect(playground.status()).toHaveText("WebContainer engine: opening");
  await expect(playground.status()).toHaveText(
    "service worker engine: ready (WebContainer: the runtime's host did not answer)",
    { timeout: 25_000 },
  );
  await playground.run();
  await expect(playground.region("Response")).toContainText("Hello World");
  host.behaviour = "working";
  await playground.button("Retry").click();
  await expect(playground.status()).toHaveText("WebContainer engine: ready", { timeout: 15_000 });
  // Not the answer from before, which stands there until another comes.
  await playground.run(`import { AsyncHttpServer } from "portico";
new AsyncHttpServer().serve(0, (request) => request.respond(200, "Node " + process.version));`);
  await expect(playground.region("Response")).toContainText("Node v", { timeout: 15_000 });
});

test("a host that fails, and one that is not there, are said", async ({ playground, host, complaints }) => {
  host.behaviour = "failing";
  await playground.open();
  await choose(playground);
  await playground.button("Boot").click();
  await expect(playground.status()).toHaveText(/WebContainer: the runtime failed to boot/, {
    timeout: 15_000,
  });
  await host.close();
  await playground.button("Retry").click();
  await expect(playground.status()).toHaveText(/WebContainer: the runtime's host can't be reached/, {
    timeout: 15_000,
  });
  complaints.length = 0; // the browser's own words on both
});

test("in the isolated page the other engines work as well, previews among them", async ({
  playground,
  page,
}) => {
  await playground.open("#example=files");
  await choose(playground);
  await playground.run();
  const heading = { name: "Served from memory" };
  const preview = playground.region("Preview");
  await expect(preview.frameLocator("iframe").getByRole("heading", heading)).toBeVisible();
  await page.getByRole("combobox", { name: "Runs on" }).selectOption("service worker");
  await expect(playground.status()).toHaveText("service worker engine: ready");
  await playground.run();
  const shown = preview.frameLocator("iframe").frameLocator("iframe").getByRole("heading", heading);
  await expect(shown).toHaveCSS("color", "rgb(102, 51, 153)");
});

test("a host that can't send headers has a worker isolate the page", async ({ playground, page, host }) => {
  expect(host.behaviour).toBe("working");
  await page.route(/isolated/, async (route) => {
    const response = await route.fetch();
    const headers = Object.fromEntries(
      Object.entries(response.headers()).filter(([name]) => !name.startsWith("cross-origin-")),
    );
    await route.fulfill({ response, headers });
  });
  await playground.open();
  await page.getByRole("combobox", { name: "Runs on" }).selectOption("WebContainer");
  await expect(playground.button("Boot")).toBeVisible();
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
});
