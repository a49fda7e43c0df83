/** The service worker engine: previews with real URLs on a second origin, out of the same network. */
import type { FrameLocator, Page } from "playwright/test";
import { expect, type Playground, test } from "./support/playground.ts";

/** A site with something of everything that a page can ask for. */
const SITE = `import { AsyncHttpServer } from "portico";
const page = (body: string) => '<!doctype html><link rel="stylesheet" href="/style.css"><script src="/script.js" defer></' + "script>" + body;
const html = { "Content-Type": "text/html; charset=utf-8" };
new AsyncHttpServer().serve(8123, async (request) => {
  const { pathname } = request.url;
  const cookie = request.headers.get("Cookie") ?? "none";
  if (pathname === "/style.css") return request.respond(200, "h1 { color: rgb(1, 2, 3) } body { background: url(/dot.svg) }", { "Content-Type": "text/css" });
  if (pathname === "/script.js") return request.respond(200, "document.body.dataset.script = import.meta ? 'x' : ''".replace("import.meta ? 'x' : ''", "location.pathname"), { "Content-Type": "text/javascript" });
  if (pathname === "/dot.svg") return request.respond(200, '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>', { "Content-Type": "image/svg+xml" });
  if (pathname === "/form") return request.respond(200, page("<h1>Got " + (await request.formData()).get("word") + "</h1>"), html);
  if (pathname === "/login") return request.respond(303, "", { Location: "/me", "Set-Cookie": "sid=abc; Path=/; HttpOnly; SameSite=Strict" });
  if (pathname === "/me") return request.respond(200, page("<h1>Cookie " + cookie + "</h1>"), html);
  if (pathname === "/events") {
    const body = await request.sendHeaders({ "Content-Type": "text/event-stream" });
    for (let i = 1; !request.signal.aborted; i++) {
      await body.write("data: event " + i + "\\n\\n");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return;
  }
  if (pathname === "/listen") return request.respond(200, page("<h1>…</h1><script>new EventSource('/events').onmessage = (e) => { document.querySelector('h1').textContent = e.data }</" + "script>"), html);
  return request.respond(200, page('<h1>Home</h1><img src="/dot.svg" alt="dot"><form method="post" action="/form"><input name="word" aria-label="Word"><button>Send it</button></form><a href="/me">me</a> <a href="/me" target="_blank">me elsewhere</a>'), html);
});`;

/** The page of the program: a frame of the second origin, in a frame of the playground's own. */
const pageOf = (playground: Playground): FrameLocator =>
  playground.region("Preview").frameLocator("iframe").frameLocator("iframe");

async function choose(page: Page, label: string): Promise<void> {
  await page.getByRole("combobox", { name: "Runs on" }).selectOption({ label });
}

async function openSite(playground: Playground): Promise<FrameLocator> {
  await playground.open();
  await choose(playground.page, "Page and service worker");
  await expect(playground.status()).toHaveText("service worker engine: ready");
  await playground.run(SITE);
  const shown = pageOf(playground);
  await expect(shown.getByRole("heading")).toHaveText("Home");
  return shown;
}

test("a page has its style sheet, script, images, forms, cookies and events by real URLs", async ({
  playground,
  page,
}) => {
  const shown = await openSite(playground);
  await expect(playground.status()).toHaveText("service worker engine: running");
  await expect(shown.getByRole("heading")).toHaveCSS("color", "rgb(1, 2, 3)");
  await expect(shown.locator("body")).toHaveAttribute("data-script", /^\/~[0-9a-f]{32}\/8123\/$/);
  const width = () => shown.getByAltText("dot").evaluate((image: HTMLImageElement) => image.naturalWidth);
  await expect.poll(width).toBe(4);
  const wire = playground.region("Wire").getByRole("option");
  await expect(wire.filter({ hasText: /GET \/(dot|script|style)/ }).first()).toBeVisible();
  await shown.getByLabel("Word").fill("grüß");
  await shown.getByRole("button", { name: "Send it" }).click();
  await expect(shown.getByRole("heading")).toHaveText("Got grüß");
  await page.getByLabel("Address").fill("/login");
  await playground.button("Open").click();
  await expect(shown.getByRole("heading")).toHaveText("Cookie sid=abc");
  await page.getByLabel("Address").fill("/listen");
  await playground.button("Open").click();
  await expect(shown.getByRole("heading")).toHaveText(/^event \d+$/);
});

test("the preview opens in a tab of its own, from the playground and from a link in it", async ({
  playground,
  page,
}) => {
  const shown = await openSite(playground);
  const [tab] = await Promise.all([
    page.waitForEvent("popup"),
    playground.region("Preview").getByRole("link", { name: "New tab" }).click(),
  ]);
  await expect(tab.getByRole("heading")).toHaveText("Home");
  expect(new URL(tab.url()).origin).not.toBe(new URL(page.url()).origin);
  await tab.getByRole("link", { name: "me", exact: true }).click();
  await expect(tab.getByRole("heading")).toHaveText("Cookie none");
  const [other] = await Promise.all([
    page.waitForEvent("popup"),
    shown.getByRole("link", { name: "me elsewhere" }).click(),
  ]);
  await expect(other.getByRole("heading")).toHaveText("Cookie none");
  await page.bringToFront();
  await playground.button("Stop").click();
  await tab.reload();
  await expect(tab.getByRole("heading")).toHaveText("No server is running here");
});

test("a program that is run again keeps its addresses, and Send leads the preview there", async ({
  playground,
  page,
}) => {
  const shown = await openSite(playground);
  const address = await playground
    .region("Preview")
    .getByRole("link", { name: "New tab" })
    .getAttribute("href");
  await playground.run(SITE.replace("<h1>Home</h1>", "<h1>Again</h1>"));
  await expect(shown.getByRole("heading")).toHaveText("Again");
  await page.getByLabel("Path").fill("/me");
  await playground.button("Send").click();
  await expect(shown.getByRole("heading")).toHaveText("Cookie none");
  const next = await playground.region("Preview").getByRole("link", { name: "New tab" }).getAttribute("href");
  expect(next).toBe(`${address}me`);
});

test("why there is no second origin is said, and Retry tries again", async ({
  playground,
  page,
  complaints,
}) => {
  await page.route("**/engines.json", (route) => route.fulfill({ json: { previewOrigin: null } }));
  await playground.open();
  await choose(page, "Page and service worker");
  await expect(playground.status()).toHaveText(
    "page engine: ready (service worker: this host has no origin for previews)",
  );
  await page.route("**/engines.json", (route) => route.fulfill({ json: { previewOrigin: ":1" } }));
  await playground.button("Retry").click();
  await expect(playground.status()).toHaveText("service worker engine: opening");
  await expect(playground.status()).toHaveText(/the preview origin does not answer/, { timeout: 15_000 });
  await playground.run();
  await expect(playground.region("Response")).toContainText("Hello World");
  await page.unroute("**/engines.json");
  await playground.button("Retry").click();
  await expect(playground.status()).toHaveText("service worker engine: ready");
  await expect(playground.button("Retry")).toBeHidden();
  complaints.length = 0; // the port that nobody listens on
});

test("the page's own origin is not taken for previews", async ({ playground, page }) => {
  await page.route("**/engines.json", (route) =>
    route.fulfill({ json: { previewOrigin: new URL(playground.url).origin } }),
  );
  await playground.open();
  await choose(page, "Page and service worker");
  await expect(playground.status()).toHaveText(/previews need an origin that is not the playground's own/);
});

test("a page has its WebSockets on the program's network, in a tab of its own as well", async ({
  playground,
  page,
  complaints,
}) => {
  await playground.open("#example=chat");
  await choose(page, "Page and service worker");
  await playground.run();
  const shown = pageOf(playground);
  await expect(shown.getByRole("listitem")).toHaveText("guest 1 came in");
  const [tab] = await Promise.all([
    page.waitForEvent("popup"),
    playground.region("Preview").getByRole("link", { name: "New tab" }).click(),
  ]);
  // Before its socket is open nothing can be said on it.
  await expect(tab.getByRole("listitem")).toHaveText("guest 2 came in");
  await tab.getByPlaceholder("Say something").fill("hello");
  await tab.getByPlaceholder("Say something").press("Enter");
  await expect(shown.getByRole("listitem").last()).toHaveText("guest 2: hello");
  await tab.close();
  await expect(shown.getByRole("listitem").last()).toHaveText("guest 2 left");
  complaints.length = 0; // the page asks for the focus, which a frame of another origin does not get
});
