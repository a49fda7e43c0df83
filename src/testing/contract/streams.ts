import { expect, it } from "vitest";
import { toStreams } from "../../socket/index.ts";
import { toLatin1 } from "../bytes.ts";
import { settled } from "../turn.ts";
import { WireClient } from "../wire-client.ts";
import { PIECE, sendUntilStalled } from "./flood.ts";
import { consumer, type Stage } from "./stage.ts";

/** `toStreams` over the adapter's sockets: its streams have the back-pressure and the ends of the socket. */
export function streamCases(stage: Stage): void {
  flowCases(stage);
  pressureCases(stage);
  failureCases(stage);
}

function flowCases(stage: Stage): void {
  it("pipes what arrives back, and the end after it", async () => {
    const { near, far } = await stage.pair();
    const { readable, writable } = toStreams(far);
    const piped = readable.pipeTo(writable);
    const client = new WireClient(near);
    const text = "all of it ".repeat(50_000);
    await Promise.all([client.send(text).then(() => client.end()), piped]);
    expect(await client.readToEnd()).toBe(text);
    expect(await client.closed()).toBe("closed");
  });

  it("ends each direction on its own", async () => {
    const { near, far } = await stage.pair();
    const { readable, writable } = toStreams(far);
    const client = new WireClient(near);
    const writer = writable.getWriter();
    await writer.write("é");
    await writer.write(Uint8Array.of(0xff));
    await writer.close();
    expect(await client.readToEnd()).toBe("Ã©ÿ");
    await client.send("still heard");
    client.end();
    expect(await text(readable)).toBe("still heard");
    expect(await client.closed()).toBe("closed");
  });

  it("lets the writable live when the readable is cancelled", async () => {
    const { near, far } = await stage.pair();
    const { readable, writable } = toStreams(far);
    await readable.cancel();
    const client = new WireClient(near);
    await client.send("not wanted ".repeat(100_000));
    const writer = writable.getWriter();
    await writer.write("answer");
    await writer.close();
    expect(await client.readToEnd()).toBe("answer");
    expect(await client.closed()).toBe("closed");
  });
}

function pressureCases(stage: Stage): void {
  it("takes nothing from the socket that nobody reads", async () => {
    const { near, far } = await stage.pair();
    const { readable } = toStreams(far);
    const client = new WireClient(near);
    const taken = await sendUntilStalled(client, stage.stallBytes);
    expect(taken).toBeLessThan(stage.stallBytes);
    client.end();
    let read = 0;
    for await (const bytes of chunks(readable)) read += bytes.length;
    expect(read).toBe(taken);
  });

  it("keeps a write waiting until the socket can take more", async () => {
    const { near, far } = await stage.pair();
    const writer = toStreams(far).writable.getWriter();
    const client = new WireClient(near, { paused: true });
    const { taken, waiting } = await writeUntilStalled(writer, stage.stallBytes);
    client.socket.resume();
    await waiting;
    await writer.close();
    await client.waitFor(({ state }) => state === "half-closed");
    expect(client.bytes.length).toBe(taken);
  });
}

function failureCases(stage: Stage): void {
  it("throws a TypeError over a socket that is open", async () => {
    const { far } = await stage.pair();
    far.open(consumer({}));
    expect(() => toStreams(far)).toThrow(TypeError);
  });

  stage.needs("reset", "fails both directions when the peer resets", async () => {
    const { near, far } = await stage.pair();
    const { readable, writable } = toStreams(far);
    const outcomes = [readable.getReader().read(), writable.getWriter().closed].map(code);
    near.destroy();
    expect(await Promise.all(outcomes)).toEqual(["ECONNRESET", "ECONNRESET"]);
  });

  it("fails both directions when the socket is destroyed on this side", async () => {
    const { far } = await stage.pair();
    const { readable, writable } = toStreams(far);
    const outcomes = [readable.getReader().read(), writable.getWriter().closed].map(code);
    far.destroy();
    expect(await Promise.all(outcomes)).toEqual(["ERR_SOCKET_CLOSED", "ERR_SOCKET_CLOSED"]);
  });

  it("destroys the socket when the writable is aborted, even while a write waits", async () => {
    const { near, far } = await stage.pair();
    const { readable, writable } = toStreams(far);
    const writer = writable.getWriter();
    const client = new WireClient(near, { paused: true });
    const { waiting } = await writeUntilStalled(writer, stage.stallBytes);
    const reading = code(readable.getReader().read());
    const reason = Object.assign(new Error("no longer"), { code: "NO_LONGER" });
    const outcomes = [code(waiting), code(writer.closed), reading];
    await writer.abort(reason);
    expect((await Promise.all(outcomes)).slice(1)).toEqual(["NO_LONGER", "NO_LONGER"]);
    client.socket.resume();
    await client.closed();
    await settled();
  });
}

async function writeUntilStalled(
  writer: WritableStreamDefaultWriter<Uint8Array | string>,
  limit: number,
): Promise<{ taken: number; waiting: Promise<void> }> {
  for (let taken = PIECE; taken <= limit; taken += PIECE) {
    const waiting = writer.write(new Uint8Array(PIECE));
    waiting.catch(() => {});
    const stalled = new Promise<boolean>((resolve) => setTimeout(() => resolve(true), 80));
    if (await Promise.race([waiting.then(() => false), stalled])) return { taken, waiting };
  }
  throw new Error(`No write waited within ${limit} bytes`);
}

/** The `code` that a promise rejects with. */
function code(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => "fulfilled",
    (error: { code?: unknown }) => error.code,
  );
}

async function text(readable: ReadableStream<Uint8Array>): Promise<string> {
  let all = "";
  for await (const bytes of chunks(readable)) all += toLatin1(bytes);
  return all;
}

/** Not every browser iterates streams. */
async function* chunks(readable: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = readable.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
}
