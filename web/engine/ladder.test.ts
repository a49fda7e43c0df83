import { beforeEach, describe, expect, test } from "vitest";
import type { Engine } from "./engine.ts";
import { Ladder } from "./ladder.ts";

interface FakeEngine extends Engine {
  closed: boolean;
  lose(reason: string): void;
}

function engine(kind: Engine["kind"]): FakeEngine {
  let lose: (reason: string) => void = () => {};
  const fake = {
    kind,
    closed: false,
    gone: new Promise<string>((resolve) => {
      lose = resolve;
    }),
    close() {
      fake.closed = true;
    },
  };
  return {
    ...fake,
    lose,
    get closed() {
      return fake.closed;
    },
  } as unknown as FakeEngine;
}

/** A rung that a test opens or breaks. */
class Attempt {
  opened: FakeEngine[] = [];
  #settle: { resolve(engine: Engine): void; reject(error: Error): void }[] = [];
  readonly kind: "service worker" | "WebContainer";
  constructor(kind: "service worker" | "WebContainer") {
    this.kind = kind;
  }
  readonly rung = () => new Promise<Engine>((resolve, reject) => this.#settle.push({ resolve, reject }));
  succeed(): FakeEngine {
    const opened = engine(this.kind);
    this.#settle.shift()?.resolve(opened);
    return opened;
  }
  fail(reason: string): void {
    this.#settle.shift()?.reject(new Error(reason));
  }
  get waiting(): number {
    return this.#settle.length;
  }
}

let page: FakeEngine;
let worker: Attempt;
let container: Attempt;
let ladder: Ladder;
const settled = () => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  page = engine("page");
  worker = new Attempt("service worker");
  container = new Attempt("WebContainer");
  ladder = new Ladder(page, { "service worker": worker.rung, WebContainer: container.rung }, () => {});
});

describe("the engine in use", () => {
  test("is the page's, until the wanted one is there", async () => {
    const wanting = ladder.want("service worker");
    expect(ladder.state).toEqual({ wanted: "service worker", phase: "opening", reason: undefined });
    expect(ladder.engine).toBe(page);
    const opened = worker.succeed();
    await wanting;
    expect(ladder.engine).toBe(opened);
    expect(ladder.state).toEqual({ wanted: "service worker", phase: "settled", reason: undefined });
  });

  test("is the next one below when the wanted one can't be had, and every reason is kept", async () => {
    const wanting = ladder.want("WebContainer");
    container.fail("no host");
    await settled();
    worker.fail("no origin");
    await wanting;
    expect(ladder.engine).toBe(page);
    expect(ladder.state.reason).toBe("WebContainer: no host; service worker: no origin");
  });

  test("is what a later try brings", async () => {
    const wanting = ladder.want("WebContainer");
    container.fail("no host");
    await settled();
    const fallback = worker.succeed();
    await wanting;
    expect(ladder.engine).toBe(fallback);
    const retrying = ladder.retry();
    const opened = container.succeed();
    await retrying;
    expect(ladder.engine).toBe(opened);
    expect(ladder.state.reason).toBeUndefined();
    expect(fallback.closed).toBe(true);
  });

  test("is the last wish's, and what comes too late is closed", async () => {
    const first = ladder.want("WebContainer");
    await ladder.want("page");
    const late = container.succeed();
    await first;
    expect(ladder.engine).toBe(page);
    expect(late.closed).toBe(true);
    expect(worker.waiting).toBe(0);
  });

  test("is settled when the last wish is", async () => {
    void ladder.want("service worker");
    let settledNow = false;
    const waiting = ladder.settled().then(() => {
      settledNow = true;
    });
    void ladder.want("WebContainer");
    worker.fail("too late");
    await settled();
    expect(settledNow).toBe(false);
    container.succeed();
    await waiting;
    expect(ladder.engine.kind).toBe("WebContainer");
  });

  test("is the page's again when it can't go on, and the reason is told", async () => {
    const wanting = ladder.want("service worker");
    const opened = worker.succeed();
    await wanting;
    opened.lose("replaced");
    await settled();
    expect(ladder.engine).toBe(page);
    expect(ladder.state).toMatchObject({ phase: "settled", reason: "service worker: replaced" });
    expect(opened.closed).toBe(true);
  });
});

test("an engine that has to be agreed to sleeps until then", async () => {
  ladder.sleep("WebContainer", "not booted yet");
  expect(container.waiting).toBe(0);
  expect(ladder.state).toEqual({ wanted: "WebContainer", phase: "asleep", reason: "not booted yet" });
  const waking = ladder.retry();
  expect(container.waiting).toBe(1);
  container.succeed();
  await waking;
  expect(ladder.engine.kind).toBe("WebContainer");
});
