/** Pages of a stranger's program with real URLs: none of them gets the playground's origin, or leads it anywhere. */
import { type Canary, startCanary } from "./support/canary.ts";
import { expect, test } from "./support/playground.ts";

let canary: Canary;
test.beforeEach(async () => {
  canary = await startCanary();
});
test.afterEach(async () => {
  await canary.close();
});

/** What they could try for the playground's origin: each gives "open" when it got something. */
const forTheOrigin: Readonly<Record<string, string>> = {
  "the document above": `return top.document.body ? "open" : "blocked";`,
  "the frame's document": `return parent.document.body ? "open" : "blocked";`,
  "the host's storage": `return top.localStorage ? "open" : "blocked";`,
  "its own storage, if it were the host's": `return localStorage.getItem("portico-test") ? "open" : "blocked";`,
  "its own caches, if they were the host's": `return (await caches.keys()).some((key) => key.includes("playground")) ? "open" : "blocked";`,
  "the host's channels": `new BroadcastChannel("portico-test").postMessage("out"); return "blocked";`,
  "the address above": `return top.location.href ? "open" : "blocked";`,
  "a claim to be of the host": `document.domain = "127.0.0.1"; return top.document.body ? "open" : "blocked";`,
  "the host's files": `return (await (await fetch(host)).text()) ? "open" : "blocked";`,
  "the host's files by the dock": `return (await (await dock().fetch(host)).text()) ? "open" : "blocked";`,
  "the host in a frame": `const f = document.createElement("iframe"); f.src = host; document.body.append(f); await wait(600); return f.contentDocument?.body?.querySelector("main") ? "open" : "blocked";`,
  "a worker of the host's": `new Worker(host + "offline.js"); await wait(300); return "blocked";`,
  "a service worker for the host": `await navigator.serviceWorker.register(host + "offline.js", { scope: host }); return "open";`,
  "words to the host": `top.postMessage({ type: "failed", text: "leaked" }, "*"); parent.postMessage({ type: "show", url: out, title: "", sandbox: "" }, "*"); parent.postMessage({ type: "admit", origin: new URL(out).origin }, "*"); await wait(300); return "blocked";`,
};

/** What they could try to lead something elsewhere, or to reach it. Watched from the outside. */
const forTheOutside: Readonly<Record<string, string>> = {
  "leading the top away": `top.location = out;`,
  "leading the top away by the dock": `dock().eval("top.location = " + JSON.stringify(out));`,
  "leading its frame away": `parent.location = out;`,
  "leading the dock's frame away by the dock": `dock().eval("parent.location = " + JSON.stringify(out));`,
  "leading the dock away": `dock().location = out;`,
  "a link to the top": `Object.assign(document.createElement("a"), { href: out, target: "_top" }).click();`,
  "a fetch": `await fetch(out, { mode: "no-cors" });`,
  "a fetch by the dock": `await dock().fetch(out, { mode: "no-cors" });`,
  "a fetch by an empty frame": `const f = document.createElement("iframe"); document.body.append(f); await f.contentWindow.fetch(out, { mode: "no-cors" });`,
  "a fetch by a page of the worker's": `const f = document.createElement("iframe"); f.src = location.pathname.replace("8123", "9"); document.body.append(f); await wait(800); await f.contentWindow.fetch(out, { mode: "no-cors" });`,
  "a fetch by a page of the static host's": `const f = document.createElement("iframe"); f.referrerPolicy = "no-referrer"; f.src = "/nothing-here"; document.body.append(f); await wait(800); await f.contentWindow.fetch(out, { mode: "no-cors" });`,
  "an image": `new Image().src = out;`,
  "a script": `document.head.append(Object.assign(document.createElement("script"), { src: out }));`,
  "a beacon": `navigator.sendBeacon(out, "x");`,
  "a socket": `new WebSocket(out.replace("http", "ws"));`,
  "a frame": `document.body.append(Object.assign(document.createElement("iframe"), { src: out }));`,
  "a form": `const f = document.createElement("form"); f.action = out; document.body.append(f); f.submit();`,
  "going elsewhere": `location = out;`,
};

const PROGRAM = `import { AsyncHttpServer } from "portico";
new AsyncHttpServer().serve(8123, (request) =>
  request.respond(200, "<h1>Trying</h1><script>" + decodeURIComponent(request.url.search.slice(1)) + "</" + "script>", { "Content-Type": "text/html" }));`;

/** A page's script that tries something and then says so. */
function attempt(body: string, host: string, out: string): string {
  return `const host = ${JSON.stringify(host)}, out = ${JSON.stringify(out)};
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms, "blocked"));
const dock = () => { for (let i = 0; i < top.length; i++) { try { if (top[i][0].location.pathname === "/dock.html") return top[i][0]; } catch {} } throw new Error("no dock"); };
const attempt = async () => { ${body} };
addEventListener("load", async () => {
  const result = await Promise.race([attempt().catch((error) => error.message === "no dock" ? "no dock" : "blocked"), wait(2500)]);
  document.querySelector("h1").textContent = "Tried: " + result;
});`;
}

test("no page of the program's gets the playground's origin or leads it away", async ({
  playground,
  page,
  complaints,
}) => {
  test.setTimeout(150_000);
  await playground.open();
  await page.evaluate(() => {
    localStorage.setItem("portico-test", "mine");
    new BroadcastChannel("portico-test").onmessage = () => console.error("a channel leaked");
  });
  const start = async () => {
    await page.getByRole("combobox", { name: "Runs on" }).selectOption("service worker");
    await expect(playground.status()).toHaveText(/^service worker engine: ready/);
    await playground.run(PROGRAM);
    await expect(playground.region("Response")).toContainText("200 OK");
  };
  await start();
  const host = page.url();
  const out = `http://127.0.0.1:${canary.port}/leak`;
  const heading = playground
    .region("Preview")
    .frameLocator("iframe")
    .frameLocator("iframe")
    .getByRole("heading");
  for (const [name, body] of Object.entries({ ...forTheOrigin, ...forTheOutside })) {
    await page.getByLabel("Address").fill(`/?${encodeURIComponent(attempt(body, host, out))}`);
    await playground.button("Open").click();
    if (name in forTheOrigin) await expect(heading, name).toHaveText("Tried: blocked");
    else if (/^(a form|going)/.test(name)) await page.waitForTimeout(800);
    else await expect(heading, name).toHaveText(/^Tried: (blocked|undefined)$/);
    await page.waitForTimeout(200); // time to do harm in
    expect(canary.heard, name).toEqual([]);
    expect(page.url(), name).toBe(host);
    await expect(playground.region("Editor"), name).toBeVisible();
    if (name !== "leading the dock away") continue;
    await page.reload(); // that cost it its own preview
    await start();
  }
  await expect(playground.region("Console")).not.toContainText("leaked");
  expect(complaints.filter((text) => text.includes("leaked"))).toEqual([]);
  complaints.length = 0; // what the policies refused, they told the console of
});
