import { describe, expect, it } from "vitest";
import { ProtocolError } from "../http1/errors.ts";
import type { BodyEvent } from "../http1/message-reader.ts";
import { type BodySource, IncomingBody } from "./incoming-body.ts";

const cut = new ProtocolError("IncompleteMessage", 400);

/** A connection whose octets come when the test says so. */
class Arriving implements BodySource {
  readonly body = new IncomingBody(this, 1000);
  readonly #events: BodyEvent[] = [];
  /** How often something was taken. */
  taken = 0;

  constructor(...events: BodyEvent[]) {
    this.#events = events;
  }

  get stream() {
    return this.body.stream;
  }

  arrive(...events: BodyEvent[]): void {
    this.#events.push(...events);
    if (this.body.waiting) this.body.progress();
  }

  readBody(): BodyEvent {
    const event = this.#events.shift() ?? "need-more";
    if (event instanceof Uint8Array) this.taken++;
    return event;
  }

  bodyWanted(): void {}
  bodyEnded(): undefined {}
}

const a = Uint8Array.of(1);
const b = Uint8Array.of(2);
const done = { done: true, value: undefined };

/** The same octets in a stream of the platform's own: what iterating is like there is the specification here. */
function platformStream(...events: (Uint8Array | "end")[]): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      pull(controller) {
        const event = events.shift();
        if (event instanceof Uint8Array) controller.enqueue(event);
        else if (event === "end") controller.close();
        else controller.error(cut);
      },
    },
    { highWaterMark: 0 },
  );
}

type Step = (iterator: AsyncIterator<Uint8Array>, stream: ReadableStream<Uint8Array>) => Promise<unknown>;

const stories: Record<string, Step> = {
  "is read piece by piece to its end": async (i) => [await i.next(), await i.next(), await i.next()],
  "stays at its end": async (i) => [await i.next(), await i.next(), await i.next(), await i.next()],
  "answers in order those who don't wait": (i) => Promise.all([i.next(), i.next(), i.next(), i.next()]),
  "is left before it was begun": async (i) => [await i.return?.(), await i.next()],
  "is left in the middle": async (i) => [await i.next(), await i.return?.(), await i.next()],
  "is left behind what was asked for": (i) => Promise.all([i.next(), i.return?.(), i.next()]),
  "is locked meanwhile": async (i, s) => [
    s.locked,
    await i.next(),
    s.locked,
    await thrown(() => s.getReader()),
  ],
};

async function thrown(act: () => unknown): Promise<string> {
  try {
    await act();
    return "nothing";
  } catch (error) {
    return (error as Error).name;
  }
}

/** What a story came to, and what can be said of the stream then. */
async function tell(story: Step, stream: ReadableStream<Uint8Array>, options?: { preventCancel: boolean }) {
  const iterator = stream.values(options);
  const came = await story(iterator, stream).catch((error: Error) => error.name);
  const { locked } = stream;
  if (locked) return { came, locked };
  const reader = stream.getReader();
  return { came, locked, rest: await reader.read().catch((error: Error) => error.name) };
}

describe.skipIf(!("values" in ReadableStream.prototype))("a request's body, iterated", () => {
  for (const [name, story] of Object.entries(stories)) {
    it(`${name}, as a stream of the platform's`, async () => {
      expect(await tell(story, new Arriving(a, b, "end").stream)).toEqual(
        await tell(story, platformStream(a, b, "end")),
      );
    });

    it(`${name}, and is not cancelled where that is not wanted`, async () => {
      const options = { preventCancel: true };
      expect(await tell(story, new Arriving(a, b, "end").stream, options)).toEqual(
        await tell(story, platformStream(a, b, "end"), options),
      );
    });

    it(`${name}, but for its being cut`, async () => {
      const arriving = new Arriving(a);
      const told = tell(story, arriving.stream);
      setTimeout(() => arriving.body.fail(cut));
      expect(await told).toEqual(await tell(story, platformStream(a)));
    });
  }
});

describe("a request's body, iterated", () => {
  it("takes nothing that nobody asked for", async () => {
    const arriving = new Arriving(a, b);
    const iterator = arriving.stream[Symbol.asyncIterator]();
    expect([arriving.taken, arriving.body.used]).toEqual([0, false]);
    await iterator.next();
    expect([arriving.taken, arriving.body.used]).toEqual([1, true]);
  });

  it("gives what arrives while it is waited for", async () => {
    const arriving = new Arriving();
    const pieces: Uint8Array[] = [];
    const all = (async () => {
      for await (const piece of arriving.stream) pieces.push(piece);
    })();
    arriving.arrive(a);
    await Promise.resolve();
    arriving.arrive(b, "end");
    await all;
    expect(pieces).toEqual([a, b]);
  });

  it("begins with what a reader before asked for and did not wait for", async () => {
    const arriving = new Arriving();
    const reader = arriving.stream.getReader();
    const left = reader.read();
    reader.releaseLock();
    await left.catch(() => {});
    const iterator = arriving.stream[Symbol.asyncIterator]();
    arriving.arrive(a, b, "end");
    expect([await iterator.next(), await iterator.next(), await iterator.next()]).toEqual([
      { done: false, value: a },
      { done: false, value: b },
      done,
    ]);
  });

  it("leaves tee and Response to the platform", async () => {
    const [one, other] = new Arriving(a, b, "end").stream.tee();
    const read = async (stream: ReadableStream) => [
      ...new Uint8Array(await new Response(stream).arrayBuffer()),
    ];
    expect(await Promise.all([read(one), read(other)])).toEqual([
      [1, 2],
      [1, 2],
    ]);
    expect(await read(new Arriving(a, b, "end").stream)).toEqual([1, 2]);
  });
});
