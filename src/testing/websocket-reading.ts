/** Readers of frames, asked for everything that they say: for tests. */
import { expect } from "vitest";
import { WebSocketProtocolError } from "../websocket/errors.ts";
import { type Incoming, MessageReader } from "../websocket/message-reader.ts";

export const LIMIT = 100_000;

export function readerOf(role: "server" | "client", limits: { frame?: number; message?: number } = {}) {
  return new MessageReader({
    role,
    maxFrameBytes: limits.frame ?? LIMIT,
    maxMessageBytes: limits.message ?? LIMIT,
  });
}

export type Outcome = (Incoming | { fault: string; closeCode: number })[];

/** Everything that a reader says about the chunks. */
export function read(reader: MessageReader, chunks: readonly Uint8Array[]): Outcome {
  const outcome: Outcome = [];
  try {
    for (const chunk of chunks) {
      reader.push(chunk.slice());
      for (let next = reader.next(); next !== undefined; next = reader.next()) outcome.push(next);
    }
  } catch (error) {
    if (!(error instanceof WebSocketProtocolError)) throw error;
    outcome.push({ fault: error.code, closeCode: error.closeCode });
  }
  return outcome;
}

export const byteByByte = (bytes: Uint8Array) => Array.from(bytes, (_, i) => bytes.subarray(i, i + 1));

/** The same bytes whole, byte by byte, at an odd offset in two halves: the outcome has to be one. */
export function readAnyhow(bytes: Uint8Array, role: "server" | "client" = "server", limits = {}): Outcome {
  const whole = read(readerOf(role, limits), [bytes]);
  expect(read(readerOf(role, limits), byteByByte(bytes))).toEqual(whole);
  const half = (bytes.length >> 1) | 1;
  expect(read(readerOf(role, limits), [bytes.subarray(0, half), bytes.subarray(half)])).toEqual(whole);
  return whole;
}

export const bytes = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 7) & 0xff);

/** Deep equality of large typed arrays takes a second. */
export const equalBytes = (a: Uint8Array, b: Uint8Array) =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);
