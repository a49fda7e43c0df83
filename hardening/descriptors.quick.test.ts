/** A server that may have 64 descriptors and is asked for more, by clients who stay. */
import { afterEach, describe, expect, it } from "vitest";
import { NodeNetwork } from "../src/adapters/node/index.ts";
import { WireClient } from "../src/testing/index.ts";
import { Child } from "./child.ts";
import type { ServerFigures, ServerSettings } from "./server.child.ts";

const network = new NodeNetwork();
let server: Child | undefined;
const clients: WireClient[] = [];

afterEach(() => {
  server?.kill();
  for (const client of clients.splice(0)) client.destroy();
});

async function start(settings: ServerSettings): Promise<number> {
  server = await Child.start("hardening/server.child.ts", {
    args: [JSON.stringify({ address: "127.0.0.1", ...settings })],
    maxDescriptors: 64,
  });
  return (await server.message<{ port: number }>()).port;
}

async function connect(port: number): Promise<WireClient> {
  const client = await WireClient.connect(network, { host: "127.0.0.1", port });
  clients.push(client);
  return client;
}

/** The status that a request gets, or how the connection ended instead. */
async function ask(client: WireClient, target = "/"): Promise<string> {
  await client.send(`GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`);
  try {
    const head = await client.read("\r\n\r\n", { withinMs: 10_000 });
    await client.read(Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0));
    return head.slice(9, 12);
  } catch {
    return client.state;
  }
}

const served = (outcomes: readonly string[]) => outcomes.filter((outcome) => outcome === "200").length;

describe("a server that may have 64 descriptors", () => {
  it("goes on answering who is connected, from files too, while it turns others away, and takes new ones later", async () => {
    const port = await start({});
    const early = await Promise.all(Array.from({ length: 20 }, () => connect(port)));
    expect(served(await Promise.all(early.map((client) => ask(client))))).toBe(20);

    const crowd = await Promise.all(Array.from({ length: 100 }, () => connect(port)));
    const crowded = Promise.all(crowd.map((client) => ask(client)));
    for (let round = 0; round < 5; round++) {
      expect(await Promise.all(early.slice(0, 4).map((client) => ask(client, "/file")))).toEqual(
        Array.from({ length: 4 }, () => "200"),
      );
      expect(served(await Promise.all(early.map((client) => ask(client))))).toBe(20);
    }
    const outcomes = await crowded;
    expect(served(outcomes)).toBeGreaterThan(0);
    // An end, or a reset where the request was on its way already.
    const others = new Set(outcomes.filter((outcome) => outcome !== "200"));
    expect(["half-closed", "reset"]).toEqual(expect.arrayContaining([...others]));
    expect(others.size).toBeGreaterThan(0);

    for (const client of crowd) client.destroy();
    await expect.poll(async () => ask(await connect(port)), { timeout: 10_000 }).toBe("200");
    expect(served(await Promise.all(early.map((client) => ask(client))))).toBe(20);
    expect((await server?.ask<ServerFigures>({ ask: "figures" }))?.errors).toEqual([]);
  });

  it("pauses accepting where it was told to keep descriptors free: who waits is served when some are", async () => {
    const port = await start({ assumedDescriptorsPerRequest: 25 });
    const held = await Promise.all(Array.from({ length: 24 }, () => connect(port)));
    const first = held.map((client) => ask(client));
    await expect.poll(() => held.filter(({ text }) => text !== "").length).toBeGreaterThan(3);
    await held[23]?.quiet(500);
    const waiting = held.filter(({ text }) => text === "").length;
    expect(waiting).toBeGreaterThan(0);
    for (const client of held.filter(({ text }) => text !== "")) client.destroy();
    const outcomes = await Promise.all(first);
    expect(served(outcomes)).toBe(24);
  });
});
