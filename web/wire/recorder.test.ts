import { beforeEach, expect, test } from "vitest";
import type { TapEvent } from "../../src/socket/tap.ts";
import { ByteStore } from "./byte-store.ts";
import { MAX_ROWS, Recorder } from "./recorder.ts";

const local = { address: "10.0.0.1", port: 50_000, family: "virtual" } as const;
const remote = { address: "10.0.0.1", port: 8080, family: "virtual" } as const;

let recorder: Recorder;
let changes: number;
beforeEach(() => {
  ByteStore.forgetAll();
  changes = 0;
  recorder = new Recorder(() => changes++);
});

const observe = (time: number, event: object) =>
  recorder.observe({ time, connection: 1, ...event } as TapEvent);
const open = () => observe(10, { type: "open", end: "client", local, remote });
const bytes = (length: number) => new Uint8Array(length).fill(97);

test("a segment knows when its bytes were sent and when they came", () => {
  open();
  observe(20, { type: "sent", end: "client", bytes: bytes(4) });
  observe(30, { type: "sent", end: "client", bytes: bytes(4) });
  observe(50, { type: "received", end: "server", bytes: bytes(4) });
  observe(60, { type: "received", end: "server", bytes: bytes(4) });
  expect(recorder.rows.slice(1)).toMatchObject([
    { type: "segment", direction: "toServer", from: 0, to: 4, sentAt: 20, time: 50 },
    { type: "segment", direction: "toServer", from: 4, to: 8, sentAt: 30, time: 60 },
  ]);
  expect(recorder.startedAt).toBe(10);
  expect(changes).toBe(3);
});

test("both ends report a connection, and it is one", () => {
  open();
  observe(11, { type: "open", end: "server", local: remote, remote: local });
  expect(recorder.rows).toHaveLength(1);
  expect(recorder.connections.get(1)).toMatchObject({ port: 8080, state: "open" });
});

test("ends, closes and resets are rows, the first word on a connection's end counts", () => {
  open();
  observe(20, { type: "end-sent", end: "server" });
  observe(30, { type: "end-received", end: "client" });
  observe(40, { type: "close", end: "client" });
  observe(50, { type: "close", end: "server", error: new Error("late") });
  expect(recorder.rows.slice(1)).toMatchObject([
    { type: "end", direction: "toClient", sentAt: 20, time: 30 },
    { type: "close", time: 40 },
  ]);
  expect(recorder.connections.get(1)?.state).toBe("closed");
});

test("a connection that did not come about is a row with its port and code", () => {
  recorder.observe({ type: "connect", time: 1, attempt: 7, port: 9 } as unknown as TapEvent);
  recorder.observe({
    type: "failed",
    time: 2,
    attempt: 7,
    error: { code: "ECONNREFUSED" },
  } as unknown as TapEvent);
  expect(recorder.rows).toMatchObject([{ type: "failed", port: 9, code: "ECONNREFUSED" }]);
});

test("old rows are let go of, and counted", () => {
  open();
  for (let at = 0; at < MAX_ROWS; at++) observe(at, { type: "received", end: "client", bytes: bytes(1) });
  expect(recorder.rows.length).toBeLessThanOrEqual(MAX_ROWS);
  expect(recorder.rows.length + recorder.forgotten).toBe(MAX_ROWS + 1);
});

test("a connection that is over goes with its last row, and its bytes make room for others'", () => {
  // What 16 connections keep is all that is kept at a time.
  for (let id = 1; id <= 16; id++) {
    observe(id, { type: "open", connection: id, end: "client", local, remote });
    observe(id, { type: "sent", connection: id, end: "client", bytes: bytes(4 * 1024 * 1024) });
    observe(id, { type: "received", connection: id, end: "server", bytes: bytes(4 * 1024 * 1024) });
    if (id > 1) observe(id, { type: "close", connection: id, end: "client" });
  }
  observe(17, { type: "open", connection: 17, end: "client", local, remote });
  for (let at = 17; at <= MAX_ROWS; at++)
    observe(at, { type: "received", connection: 17, end: "client", bytes: bytes(1) });
  expect([...recorder.connections.keys()]).toEqual([1, 17]);
  observe(60_000, { type: "sent", connection: 17, end: "client", bytes: bytes(9) });
  expect(recorder.connections.get(17)?.flows.toServer.bytes.slice(0, 9)).toHaveLength(9);
});

test("clear keeps what is still open, without its past", () => {
  open();
  recorder.clear();
  expect(recorder.rows).toEqual([]);
  expect(recorder.connections.size).toBe(1);
  observe(20, { type: "close", end: "client" });
  recorder.clear();
  expect(recorder.connections.size).toBe(0);
});

test("a stream's first 4 MiB are kept, and of what is beyond nothing", () => {
  const store = new ByteStore();
  for (let at = 0; at < 4; at++) expect(store.append(bytes(1024 * 1024))).toBe(true);
  expect(store.append(bytes(1))).toBe(false);
  expect(store.slice(0, 9e9)).toHaveLength(4 * 1024 * 1024);
  expect(store.slice(5e6, 6e6)).toHaveLength(0);
});
