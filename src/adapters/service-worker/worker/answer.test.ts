import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ABORT_MARK, type ToPage, WAITS } from "../protocol.ts";
import { Aborts } from "./aborts.ts";
import { type AnswerContext, answer } from "./answer.ts";
import { Ask } from "./ask.ts";
import type { WorkerClient, WorkerFetchEvent } from "./worker-scope.ts";

const place = { prefix: "https://host.example/~", session: "0".repeat(32), port: 80, target: "/" };
const HEAD = {
  kind: "head",
  id: 0,
  head: { status: 200, reason: "OK", headers: [] },
  body: "stream",
} as const;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A fetch that waits for its page's answer, in a worker whose clients are found by `get`. */
function asking(
  request: { mode: string; headers?: Record<string, string> },
  get: () => Promise<WorkerClient | undefined>,
  sameRun?: AnswerContext,
) {
  const posted: ToPage[] = [];
  let asked = () => {};
  const ask = new Ask(
    0,
    (message) => posted.push(message),
    () => {},
  );
  const found = new Promise<unknown>((resolve) => {
    asked = () => resolve({ ask: () => ask });
  });
  const context = {
    scope: { clients: { get } },
    sessions: { find: () => found },
    waits: WAITS,
    aborts: new Aborts(),
    knowsOpening: sameRun?.knowsOpening,
  } as unknown as AnswerContext;
  const event = {
    request: {
      url: "https://host.example/",
      method: "GET",
      referrer: "",
      destination: "document",
      signal: new AbortController().signal,
      ...request,
      headers: new Headers(request.headers),
    },
    clientId: "",
    resultingClientId: "result",
  } as unknown as WorkerFetchEvent;
  const response = answer(event, place, context);
  const aborted = () => posted.some(({ kind }) => kind === "abort");
  return { ask, asked, aborts: context.aborts, context, response, aborted };
}

describe("a navigation", () => {
  const navigation = { mode: "navigate" };

  test("whose client is gone while it waits is aborted", async () => {
    let gone = () => {};
    const client = new Promise<undefined>((resolve) => {
      gone = () => resolve(undefined);
    });
    const { asked, response, aborted } = asking(navigation, () => client);
    asked();
    await vi.advanceTimersByTimeAsync(60);
    expect(aborted()).toBe(false);
    gone();
    expect((await response).status).toBe(502);
    expect(aborted()).toBe(true);
  });

  test("whose client nobody knows from the start is answered: not every browser knows such clients", async () => {
    const { ask, asked, response, aborted } = asking(navigation, async () => undefined);
    asked();
    await vi.advanceTimersByTimeAsync(100);
    ask.receive(HEAD);
    expect((await response).status).toBe(200);
    expect(aborted()).toBe(false);
  });

  test("whose client has gone before it was asked for is aborted by a worker that has seen others", async () => {
    const seen = asking(navigation, async () => ({ id: "result", url: "", postMessage() {} }));
    seen.asked();
    await vi.advanceTimersByTimeAsync(20);
    seen.ask.receive(HEAD);
    await seen.response;
    const { asked, response, aborted } = asking(navigation, async () => undefined, seen.context);
    asked();
    await vi.advanceTimersByTimeAsync(20);
    expect(aborted()).toBe(true);
    expect((await response).status).toBe(502);
  });

  test("that becomes a download, and no client, is not cut", async () => {
    let gone = () => {};
    const client = new Promise<undefined>((resolve) => {
      gone = () => resolve(undefined);
    });
    const { ask, asked, response, aborted } = asking(navigation, () => client);
    asked();
    await vi.advanceTimersByTimeAsync(60);
    ask.receive(HEAD);
    expect((await response).status).toBe(200);
    gone();
    await vi.advanceTimersByTimeAsync(60);
    expect(aborted()).toBe(false);
  });
});

describe("a fetch with a mark", () => {
  const marked = { mode: "cors", headers: { [ABORT_MARK]: "one" } };

  test("is aborted when its window says so, before its page is found too", async () => {
    for (const early of [true, false]) {
      const { asked, aborts, response, aborted } = asking(marked, async () => undefined);
      if (!early) asked();
      await vi.advanceTimersByTimeAsync(20);
      aborts.told("another");
      expect(aborted()).toBe(false);
      aborts.told("one");
      asked();
      expect((await response).status).toBe(502);
      expect(aborted()).toBe(true);
    }
  });

  test("that has its answer is forgotten", async () => {
    const { ask, asked, aborts, response, aborted } = asking(marked, async () => undefined);
    asked();
    await vi.advanceTimersByTimeAsync(20);
    ask.receive(HEAD);
    await response;
    aborts.told("one");
    expect(aborted()).toBe(false);
  });
});
