import { AsyncHttpServer } from "portico";
import { afterEach, describe, expect, test } from "vitest";
import { createFetch } from "../../client/index.ts";
import fc from "../../testing/fast-check.ts";
import { MessagePortNetwork, type PortLike } from "../message-port/index.ts";
import { VirtualNetwork } from "../virtual/index.ts";
import { PortCarrier } from "./carrier.ts";

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

interface Pair {
  /** Reaches what listens on `far`. */
  readonly near: MessagePortNetwork;
  readonly far: VirtualNetwork;
  readonly toNear: (text: string) => void;
  readonly lines: string[];
}

/** Two networks over text, which `mangle` may cut, or put something between. */
function pair(
  mangle: (line: string, deliver: (text: string) => void) => void = (line, deliver) => deliver(line),
): Pair {
  const [a, b] = [new MessageChannel(), new MessageChannel()];
  const far = new VirtualNetwork();
  const lines: string[] = [];
  const send = (deliver: (text: string) => void) => (line: string) => {
    lines.push(line);
    // As over a pipe: never from inside the call.
    queueMicrotask(() => mangle(`${line}\n`, deliver));
  };
  const near: PortCarrier = new PortCarrier(
    a.port2 as PortLike,
    "near",
    send((text) => farEnd.receive(text)),
  );
  const farEnd: PortCarrier = new PortCarrier(
    b.port2 as PortLike,
    "far",
    send((text) => near.receive(text)),
  );
  const link = new MessagePortNetwork(a.port1 as PortLike, { heartbeatMs: 0 });
  const other = new MessagePortNetwork(b.port1 as PortLike, { network: far, heartbeatMs: 0 });
  ends.push(() => {
    link.close();
    other.close();
    near.close();
    farEnd.close();
  });
  return { near: link, far, toNear: (text) => near.receive(text), lines };
}

async function serve(network: VirtualNetwork): Promise<void> {
  const server = new AsyncHttpServer({ network });
  await new Promise<void>((resolve) => {
    void server.serve(80, async (request) => request.respond(200, await request.bytes()), {
      onListen: () => resolve(),
    });
  });
  ends.push(() => void server.close({ graceMs: 0 }));
}

const post = (network: MessagePortNetwork, body: Uint8Array<ArrayBuffer>) =>
  createFetch(network)("http://localhost/", { method: "POST", body }).then((response) => response.bytes());

describe("a link over lines of text", () => {
  test("carries connections, many at a time, of any bytes", async () => {
    const { near, far, lines } = pair();
    await serve(far);
    const bodies = Array.from({ length: 20 }, (_, at) =>
      Uint8Array.from({ length: at * 5000 }, (_, index) => (index * at) & 255),
    );
    const answers = await Promise.all(bodies.map((body) => post(near, body)));
    for (const [at, answer] of answers.entries()) {
      expect(
        answer.every((octet, index) => octet === ((index * at) & 255)) && answer.length === at * 5000,
      ).toBe(true);
    }
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(17_000);
  });

  test("is refused what nobody listens on", async () => {
    const { near } = pair();
    await expect(near.connect({ host: "localhost", port: 9 })).rejects.toMatchObject({
      code: "ECONNREFUSED",
    });
  });

  test("minds no cuts, no prompts between the lines, no echo and no other ends of lines", async () => {
    let at = 0;
    const held: Pair = pair((line, deliver) => {
      if (line.startsWith("portico-relay>")) held.toNear(line); // what a terminal echoes
      const text = `> warning ${at++}\r\nprompt$ ${line.replace("\n", "\r\n")}`;
      const cut = (at * 7) % text.length;
      deliver(text.slice(0, cut));
      deliver(text.slice(cut));
    });
    await serve(held.far);
    const answer = await post(held.near, new Uint8Array(50_000).fill(7));
    expect([answer.length, answer.every((octet) => octet === 7)]).toEqual([50_000, true]);
  });

  test("lives on whatever nonsense it reads", async () => {
    const { near, far, toNear } = pair();
    await serve(far);
    expect(await post(near, Uint8Array.of(1))).toEqual(Uint8Array.of(1));
    const mark = "portico-relay< ";
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.json(), fc.constantFrom('[9,"bytes","%%%"]', '[7,"message",["end"]]', "[")),
        (text) => {
          toNear(`${mark}${text}\n`);
        },
      ),
      { numRuns: 50, examples: [["[0]"], ['[99,"message",["end"],3]']] },
    );
    expect(await post(near, Uint8Array.of(2))).toEqual(Uint8Array.of(2));
  });
});
