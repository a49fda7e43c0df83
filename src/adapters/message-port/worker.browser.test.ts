import { afterEach, expect, it } from "vitest";
import { turn, WireClient } from "../../testing/index.ts";
import { VirtualNetwork } from "../virtual/network.ts";
import { linkNetworks } from "./index.ts";

const cleanUp: (() => void)[] = [];
afterEach(async () => {
  for (const clean of cleanUp.splice(0)) clean();
  await locksHeld(0);
});

const program = new URL("./server-worker.fixture.ts", import.meta.url).href;

/** A network in this page, linked to the one of a server in a worker. */
function linked() {
  const worker = new Worker(new URL("./server-worker.fixture.ts", import.meta.url), { type: "module" });
  const { port1, port2 } = new MessageChannel();
  worker.postMessage("link", [port2]);
  const network = new VirtualNetwork();
  const link = linkNetworks(network, port1);
  cleanUp.push(
    () => worker.terminate(),
    () => link.close(),
  );
  return { worker, network, link };
}

/** The same server in an iframe, and in a service worker: whoever takes a port. */
const elsewhere = {
  "an iframe": async (port: MessagePort) => {
    const iframe = document.createElement("iframe");
    iframe.srcdoc = `<script type="module" src="${program}"></script>`;
    document.body.append(iframe);
    cleanUp.push(() => iframe.remove());
    await new Promise((resolve) => iframe.addEventListener("load", resolve));
    iframe.contentWindow?.postMessage("link", "*", [port]);
    return () => iframe.remove();
  },
  "a service worker": async (port: MessagePort) => {
    const registration = await navigator.serviceWorker.register(program, { type: "module" });
    const worker = registration.installing ?? registration.active;
    cleanUp.push(() => registration.unregister());
    worker?.postMessage("link", [port]);
  },
};

/** Until so many sides of links hold theirs, and as many wait for the other side's. */
async function locksHeld(count: number): Promise<void> {
  const ours = (locks: readonly LockInfo[] = []) =>
    locks.filter(({ name }) => name?.startsWith("portico port")).length;
  for (;;) {
    const { held, pending } = await navigator.locks.query();
    if (ours(held) === count && ours(pending) === count) return;
    await turn();
  }
}

const wait = { withinMs: 10_000 };
const local = { host: "localhost", port: 80 };

it("reaches a server in a worker through the page's own network", async () => {
  const { network } = linked();
  const client = await WireClient.connect(network, local);
  for (let i = 0; i < 3; i++) {
    await client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    expect(await client.read("\r\n\r\n", wait)).toContain("HTTP/1.1 200 OK");
    expect(await client.read("Scope", wait)).toBe("Hello from DedicatedWorkerGlobalScope");
  }
});

it("streams megabytes to a worker and back", async () => {
  const { network } = linked();
  const client = await WireClient.connect(network, local);
  const size = 5_000_000;
  await client.send(`POST / HTTP/1.0\r\nHost: localhost\r\nContent-Length: ${size}\r\n\r\n`);
  const body = Uint8Array.from({ length: size }, (_, at) => at % 251);
  for (let at = 0; at < size; at += 100_000)
    await client.send(body.subarray(at, at + 100_000), "whole", wait);
  const text = await client.readToEnd(wait);
  const got = client.bytes.subarray(text.indexOf("\r\n\r\n") + 4);
  expect(got.length).toBe(size);
  expect(got.every((byte, at) => byte === at % 251)).toBe(true);
});

it("is reset soon when the worker is terminated, though Chromium's ports have no close event", async () => {
  const { worker, network, link } = linked();
  const client = await WireClient.connect(network, local);
  await client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await client.read("Scope", wait);
  await locksHeld(2);
  worker.terminate();
  expect(await client.closed(wait)).toBe("reset");
  expect((await link.closed)?.code).toBe("ECONNRESET");
  await expect(network.connect(local)).rejects.toMatchObject({ code: "ECONNREFUSED" });
});

it.each([
  ["an iframe", "Window"],
  ["a service worker", "ServiceWorkerGlobalScope"],
] as const)("reaches a server in %s, through a link like a worker's", async (place, scope) => {
  const { port1, port2 } = new MessageChannel();
  const network = new VirtualNetwork();
  const link = linkNetworks(network, port1);
  cleanUp.push(() => link.close());
  await elsewhere[place](port2);
  const client = await WireClient.connect(network, local);
  await client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  expect(await client.read(`Hello from ${scope}`, wait)).toContain("HTTP/1.1 200 OK");
  await client.send(
    "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nConnection: close\r\n\r\necho",
  );
  expect(await client.readToEnd(wait)).toContain("echo");
});

it("is reset soon when the iframe is taken out of its page", async () => {
  const { port1, port2 } = new MessageChannel();
  const network = new VirtualNetwork();
  const link = linkNetworks(network, port1);
  const remove = await elsewhere["an iframe"](port2);
  const client = await WireClient.connect(network, local);
  await locksHeld(2);
  remove();
  expect(await client.closed(wait)).toBe("reset");
  expect((await link.closed)?.code).toBe("ECONNRESET");
});
