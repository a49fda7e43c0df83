import { describe, expect, test } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { settled } from "../testing/turn.ts";
import { masked } from "../testing/websocket-frames.ts";
import { type PairOptions, pair } from "../testing/websocket-pair.ts";
import { SendWatch } from "./send-watch.ts";

/** A peer that does not read unless a test lets it. */
const unread = (options: PairOptions = {}) =>
  pair({ peerPaused: true, network: { highWaterMark: 1000 }, ...options });

const message = (bytes: number) => new Uint8Array(bytes);

describe("a peer that does not read", () => {
  test("is dropped when it took nothing of what waits for sendTimeoutMs, 60 s unless said otherwise", async () => {
    for (const [options, ms] of [
      [{}, 60_000],
      [{ sendTimeoutMs: 5000 }, 5000],
    ] as const) {
      const { connection, clock, log } = await unread(options);
      connection.send(message(5000));
      await clock.advance(ms - 1);
      expect(log).toEqual(["open"]);
      await clock.advance(1);
      expect(log[1]).toContain(`took too little of what waits for it in ${ms} ms`);
      expect(log[2]).toBe('close 1006 "" unclean');
      expect(clock.pending).toBe(0);
    }
  });

  test("keeps its connection where nothing waits for it", async () => {
    const { connection, clock, log } = await unread();
    connection.send(message(500));
    await clock.advance(600_000);
    expect(log).toEqual(["open"]);
  });

  test("keeps it too when it reads all of it in time, each time", async () => {
    const { connection, clock, peer, log } = await unread();
    for (let i = 0; i < 3; i++) {
      connection.send(message(5000));
      await clock.advance(59_000);
      peer.socket.resume();
      await settled();
      peer.socket.pause();
    }
    expect(log).toEqual(["open"]);
    expect(connection.bufferedAmount).toBe(0);
  });

  test("is dropped by the message that comes while more than maxUnsentBytes wait, not by a long one", async () => {
    const { connection, log } = await unread({ maxUnsentBytes: 10_000 });
    connection.send(message(100_000));
    await settled();
    expect(log).toEqual(["open"]);
    connection.send(message(1));
    await settled();
    expect(log).toEqual([
      "open",
      expect.stringContaining("while over 10000 bytes waited"),
      'close 1006 "" unclean',
    ]);
  });

  test("may say what it likes while a long message waits for it", async () => {
    const { connection, peer, log } = await unread({ maxUnsentBytes: 10_000 });
    connection.addEventListener("message", () => {});
    connection.send(message(100_000));
    await settled();
    await peer.send(masked({ opcode: 1, payload: "still here" }));
    await settled();
    expect(log).toEqual(["open", 'message "still here"']);
  });

  test("is waited for without end on a client's side", async () => {
    const { connection, clock, log } = await unread({ role: "client" });
    for (let i = 0; i < 100; i++) connection.send(message(1_000_000));
    await clock.advance(3_600_000);
    expect(log).toEqual(["open"]);
    expect(clock.pending).toBe(0);
    connection.terminate();
  });
});

test("a peer that is dropped is dropped once, whatever the program says to the error", async () => {
  const { connection, log } = await unread({ maxUnsentBytes: 10_000 });
  let errors = 0;
  connection.addEventListener("error", () => {
    if (++errors < 100) connection.send("you are too slow");
  });
  connection.send(message(100_000));
  await settled();
  for (let i = 0; i < 5; i++) connection.send(message(70_000));
  await settled();
  expect(errors).toBe(1);
  expect(log.filter((line) => line.startsWith("close"))).toEqual(['close 1006 "" unclean']);
});

test("what is written behind the end of the connection starts no wait", async () => {
  const { connection, clock, log, peer } = await unread();
  connection.send(message(5000));
  await settled();
  peer.destroy();
  connection.send(message(5000));
  await settled();
  const ended = [...log];
  connection.send(message(5000));
  await clock.advance(120_000);
  expect(log).toEqual(ended);
  expect(clock.pending).toBe(0);
});

test("a watch that was stopped is not set again", async () => {
  const clock = new FakeClock();
  const dropped: Error[] = [];
  const limits = { clock, maxUnsentBytes: 0, sendTimeoutMs: 1000 };
  const { connection, peer } = await pair();
  const watch = new SendWatch(peer.socket, limits, (error) => dropped.push(error));
  watch.wrote(1);
  expect(clock.pending).toBe(1);
  watch.stop();
  watch.wrote(1);
  watch.wrote(1);
  expect(clock.pending).toBe(0);
  expect(dropped).toEqual([]);
  connection.terminate();
});

describe("a peer on a slow line", () => {
  async function send600KB(bytesPerSecond: number) {
    const clock = new FakeClock();
    const network = { clock, highWaterMark: 1000, maxSegmentBytes: 1000, bytesPerSecond };
    const { connection, peer, log } = await pair({ network, clock });
    connection.send(message(600_000));
    await clock.advance(300_000);
    return { log, received: peer.bytes.length };
  }

  test("gets all of a long message when it takes 128 KiB of it in each time", async () => {
    const { log, received } = await send600KB(3000);
    expect(received).toBeGreaterThan(600_000);
    expect(log).toEqual(["open"]);
  });

  test("is dropped when it takes less", async () => {
    const { log, received } = await send600KB(2000);
    expect(received).toBeLessThan(131_072);
    expect(log.at(-1)).toBe('close 1006 "" unclean');
  });
});
