import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { VirtualNetwork } from "../../src/adapters/virtual/index.ts";
import { AsyncHttpServer } from "../../src/index.browser.ts";
import { settled } from "../../src/testing/index.ts";
import { BridgedEventSource } from "./bridged-event-source.ts";
import { bridgedFetch } from "./bridged-fetch.ts";
import { type Ask, readAsk } from "./protocol.ts";
import { Services } from "./services.ts";

let network: VirtualNetwork;
let server: AsyncHttpServer;
/** Bytes that the program has written of its endless answer, and the end of that. */
let written: number;
let aborted: Promise<void>;

beforeEach(async () => {
  network = new VirtualNetwork();
  server = new AsyncHttpServer({ network });
  written = 0;
  let abort = () => {};
  aborted = new Promise((resolve) => {
    abort = resolve;
  });
  await new Promise<void>((onListen) => {
    const answer: Parameters<typeof server.serve>[1] = async (request) => {
      if (request.url.pathname === "/events")
        return request.respond(200, "retry: 9999999999\n\n", { "Content-Type": "text/event-stream" });
      if (request.url.pathname !== "/endless")
        return request.respond(200, `${request.method} ${await request.text()}`);
      request.signal.addEventListener("abort", abort);
      const body = await request.sendHeaders({});
      while (!request.signal.aborted) {
        await body.write(new Uint8Array(65_536));
        written += 65_536;
      }
    };
    void server.serve(8080, answer, { onListen: () => onListen() });
  });
  const services = new Services(network);
  // What the preview has around it: its own address, the page's, and the playground above.
  vi.stubGlobal("location", new URL("http://host.example/preview.html"));
  vi.stubGlobal("document", { baseURI: "http://localhost:8080/" });
  vi.stubGlobal("parent", {
    postMessage(data: unknown, _: string, [port]: [MessagePort]) {
      void services.answerFetch(readAsk(data) as Ask & { type: "fetch" }, port);
    },
  });
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await server.close({ graceMs: 0 });
});

test("a page that does not read what it has fetched holds the program back", async () => {
  const response = await bridgedFetch("/endless");
  for (let before = -1; written !== before && written < 8_000_000; await settled()) before = written;
  expect(written).toBeLessThan(8_000_000);
  const reader = response.body!.getReader();
  for (let read = 0; read < 8_000_000; ) read += (await reader.read()).value!.length;
  expect(written).toBeGreaterThanOrEqual(8_000_000 - 65_536);
  await reader.cancel();
  await aborted;
});

test("an event source that is to wait longer than timers can does not ask again at once", async () => {
  const waits = vi.spyOn(globalThis, "setTimeout");
  const source = new BridgedEventSource("/events");
  await new Promise((resolve) => source.addEventListener("error", resolve));
  await settled();
  source.close();
  // A timer of more than 31 bits is due at once.
  const longest = Math.max(...waits.mock.calls.map(([, ms = 0]) => ms));
  expect(longest).toBe(2 ** 31 - 1);
  for (const { value } of waits.mock.results) clearTimeout(value);
  waits.mockRestore();
});

test("where a Request does not say whether it has a body, as in Firefox, a GET has none", async () => {
  const body = Object.getOwnPropertyDescriptor(Request.prototype, "body")!;
  Object.defineProperty(Request.prototype, "body", { get: () => undefined, configurable: true });
  try {
    expect(await (await bridgedFetch("/")).text()).toBe("GET ");
    expect(await (await bridgedFetch("/", { method: "POST", body: "word" })).text()).toBe("POST word");
  } finally {
    Object.defineProperty(Request.prototype, "body", body);
  }
});
