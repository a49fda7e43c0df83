import { afterEach, describe, expect, test } from "vitest";
import { AsyncHttpServer, type HttpRequest } from "../../../index.browser.ts";
import { FakeClock } from "../../../testing/index.ts";
import { VirtualNetwork } from "../../virtual/index.ts";
import { FakeLocks } from "../fake-locks.fixture.ts";
import { hold } from "../locks.ts";
import { type FetchDescription, type FirstBytes, type ToPage, VERSION, WAITS } from "../protocol.ts";
import { prefixOf, Routes } from "../routes.ts";
import { workerLock } from "../session.ts";
import { PageBridge } from "./bridge.ts";

const session = "0123456789abcdef0123456789abcdef";
const origin = "https://host.example";
const posted: FetchDescription = {
  port: 80,
  method: "POST",
  target: "/order",
  headers: [],
  referrer: "",
  mode: "cors",
  destination: "",
  credentials: "same-origin",
  client: "tab",
};

/** One run of a worker, as a page sees it. */
class FakeWorker {
  readonly instance: string;
  readonly version: number;
  readonly heard: unknown[] = [];
  readonly answers: Record<string, unknown>[] = [];
  #port: MessagePort | undefined;

  constructor(instance: string, version = VERSION) {
    this.instance = instance;
    this.version = version;
  }

  postMessage(message: unknown, transfer: Transferable[] = []): void {
    this.heard.push(message);
    const [port] = transfer;
    if (!(port instanceof MessagePort)) return;
    this.#port = port;
    port.onmessage = ({ data }) => this.answers.push(data);
    port.postMessage({ portico: "welcome", version: this.version, instance: this.instance });
    ports.push(port);
  }

  send(message: ToPage): void {
    this.#port?.postMessage(message);
  }

  request(id: number, fetch: FetchDescription, body: FirstBytes | null = null): void {
    this.send({ kind: "request", id, fetch, body });
  }
}

const ports: MessagePort[] = [];
const bridges: PageBridge[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
  for (const bridge of bridges.splice(0)) bridge.close();
});

async function begin() {
  const network = new VirtualNetwork();
  const server = new AsyncHttpServer({ network });
  const requests: HttpRequest[] = [];
  // Each request stays open until the test answers it, or its client goes.
  await new Promise<void>((onListen) => {
    const callback = (request: HttpRequest) =>
      new Promise<void>((resolve) => {
        requests.push(request);
        request.signal.addEventListener("abort", () => resolve());
      });
    void server.serve(80, callback, { onListen: () => onListen() });
  });
  const locks = new FakeLocks();
  const clock = new FakeClock();
  const bridge = new PageBridge({
    network,
    routes: new Routes(origin),
    prefix: prefixOf(`${origin}/`),
    session,
    added: {},
    locks,
    clock,
    waits: WAITS,
  });
  bridges.push(bridge);
  const worker = async (instance: string) => {
    const made = new FakeWorker(instance);
    await hold(locks, workerLock(instance));
    expect(await bridge.greet(made)).toBe(VERSION);
    return made;
  };
  return { bridge, clock, locks, requests, server, worker };
}

const until = (check: () => boolean) => expect.poll(check, { interval: 1 }).toBe(true);

describe("the page's half", () => {
  test("a fetch of a worker becomes a request of the server, its answer goes back", async () => {
    const { requests, server, worker } = await begin();
    const first = await worker("one");
    first.request(0, posted);
    await until(() => requests.length === 1);
    expect(requests[0]?.headers.get("host")).toBe("localhost:80");
    await requests[0]?.respond(201, "made", { "X-Own": "1" });
    await until(() => first.answers.length > 0);
    expect(first.answers).toMatchObject([{ kind: "head", id: 0, head: { status: 201 } }]);
    await server.close();
  });

  test("a fetch without credentials takes no cookie along and leaves none", async () => {
    const { requests, server, worker } = await begin();
    const first = await worker("one");
    const seen: (string | null | undefined)[] = [];
    for (const [id, credentials] of ["same-origin", "omit", "include"].entries()) {
      first.request(id, { ...posted, credentials });
      await until(() => requests.length === id + 1);
      seen.push(requests[id]?.headers.get("cookie"));
      await requests[id]?.respond(200, "", { "Set-Cookie": `${credentials}=1` });
      await until(() => first.answers.length === id + 1);
    }
    expect(seen).toEqual([null, null, "same-origin=1"]);
    await server.close();
  });

  test("what a dead worker asked, and the next one asks again, is one request", async () => {
    const { locks, requests, server, worker } = await begin();
    const first = await worker("one");
    first.request(0, posted);
    await until(() => requests.length === 1);
    locks.release(workerLock("one"));
    const second = await worker("two");
    second.request(0, posted);
    await requests[0]?.respond(200, "once");
    await until(() => second.answers.length > 0);
    expect(second.answers).toMatchObject([{ kind: "head", id: 0, head: { status: 200 } }]);
    expect(first.answers).toEqual([]);
    expect(requests).toHaveLength(1);
    await server.close();
  });

  test("what the next worker asks waits until it is known that the one before it is dead", async () => {
    const { locks, requests, server, worker } = await begin();
    const first = await worker("one");
    first.request(0, posted);
    await until(() => requests.length === 1);
    locks.die(workerLock("one"));
    let told = () => {};
    locks.answers = new Promise((resolve) => {
      told = resolve;
    });
    const second = await worker("two");
    second.request(0, posted);
    await new Promise((resolve) => setTimeout(resolve, 20)); // it has arrived
    expect(requests).toHaveLength(1);
    told();
    await requests[0]?.respond(200, "once");
    await until(() => second.answers.length > 0);
    expect(requests).toHaveLength(1);
    await server.close();
  });

  test("what two living workers ask is two requests", async () => {
    const { requests, server, worker } = await begin();
    const [first, second] = [await worker("one"), await worker("two")];
    first.request(0, posted);
    second.request(0, posted);
    first.request(1, posted);
    await until(() => requests.length === 3);
    await server.close({ graceMs: 0 });
  });

  test("what nobody asks for again is aborted after its time", async () => {
    const { clock, locks, requests, server, worker } = await begin();
    const first = await worker("one");
    first.request(0, posted);
    await until(() => requests.length === 1);
    locks.release(workerLock("one"));
    await until(() => clock.nextIn !== undefined && clock.nextIn <= WAITS.replayMs);
    await clock.advance(WAITS.replayMs - 1);
    expect(requests[0]?.signal.aborted).toBe(false);
    await clock.advance(1);
    await until(() => requests[0]?.signal.aborted === true);
    await server.close();
  });

  test("a worker hears a sign of life every 25 s while something is in flight, and none after", async () => {
    const { clock, requests, server, worker } = await begin();
    const first = await worker("one");
    const signs = () =>
      first.heard.filter((each) => (each as { portico: string }).portico === "keep-alive").length;
    await clock.advance(WAITS.keepAliveMs * 2);
    expect(signs()).toBe(0);
    first.request(0, posted);
    await until(() => requests.length === 1);
    await clock.advance(WAITS.keepAliveMs * 2);
    expect(signs()).toBe(2);
    await requests[0]?.respond(200, "");
    await until(() => first.answers.length > 0);
    first.send({ kind: "accepted", id: 0 });
    const more = async () => {
      const before = signs();
      await clock.advance(WAITS.keepAliveMs * 2);
      return signs() - before;
    };
    await expect.poll(more).toBe(0);
    expect(await more()).toBe(0);
    await server.close();
  });

  test("a worker that does not answer a hello, and one of another version, are told apart", async () => {
    const { bridge, clock } = await begin();
    const silent = bridge.greet({ postMessage: () => undefined });
    await clock.advance(WAITS.welcomeMs);
    expect(await silent).toBeUndefined();
    expect(await bridge.greet(new FakeWorker("new", VERSION + 1))).toBe(VERSION + 1);
  });

  test("closing aborts what is in flight and says so to the worker", async () => {
    const { bridge, requests, server, worker } = await begin();
    const first = await worker("one");
    first.request(0, posted);
    await until(() => requests.length === 1);
    bridge.close();
    await until(() => first.answers.length > 0);
    expect(first.answers).toEqual([{ kind: "bye" }]);
    await until(() => requests[0]?.signal.aborted === true);
    await server.close();
  });
});
