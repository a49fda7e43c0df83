import { Inflater } from "../../../src/websocket/deflate.ts";
import { WebSocketProtocolError } from "../../../src/websocket/errors.ts";
import { FrameWriter } from "../../../src/websocket/frame-writer.ts";
import { type Incoming, MessageReader } from "../../../src/websocket/message-reader.ts";
import { PING, PONG } from "../../../src/websocket/opcodes.ts";
import { cuttings, holds, same, text } from "../check.ts";
import type { Target } from "../engine.ts";
import { webSocketSeeds, webSocketWords } from "../seeds.ts";

interface Read {
  readonly messages: readonly unknown[];
  readonly error: string | undefined;
}

const MAX_MESSAGE = 100_000;

/** @param how bit 0: as a client; bit 1: with permessage-deflate; bit 2: small limits */
function read(pieces: readonly Uint8Array[], how: number): Read & { readonly incoming: readonly Incoming[] } {
  const maxMessageBytes = (how & 4) === 0 ? MAX_MESSAGE : 20;
  const reader = new MessageReader({
    role: (how & 1) === 0 ? "server" : "client",
    maxFrameBytes: (how & 4) === 0 ? MAX_MESSAGE : 50,
    maxMessageBytes,
    inflater: (how & 2) === 0 ? undefined : new Inflater({ windowBits: 15, takeover: true }),
  });
  const incoming: Incoming[] = [];
  let error: string | undefined;
  try {
    for (const piece of pieces) {
      reader.push(piece.slice());
      for (let next = reader.next(); next !== undefined; next = reader.next()) incoming.push(next);
    }
  } catch (fault) {
    if (!(fault instanceof WebSocketProtocolError)) throw fault;
    error = fault.code;
    let again: unknown;
    try {
      reader.next();
    } catch (same) {
      again = same;
    }
    holds("the fault does not stay", again === fault);
  }
  for (const message of incoming) {
    if ("data" in message)
      holds("a message above the limit", message.data.length <= Math.max(maxMessageBytes, 125));
  }
  return { messages: incoming.map(plain), incoming, error };
}

/** A message is inflated as it comes, so how it comes decides which of its faults is met first. */
function faultOf({ error = "none" }: Read, how: number): string {
  return (how & 2) !== 0 && OF_INFLATED.has(error) ? "of what was inflated" : error;
}

const OF_INFLATED = new Set(["InvalidUtf8", "InvalidCompressedData", "MessageTooLarge"]);

function plain(message: Incoming): unknown {
  return "data" in message && typeof message.data !== "string"
    ? { ...message, data: text(message.data) }
    : message;
}

function write(messages: readonly Incoming[], how: number): Uint8Array[] {
  const writer = new FrameWriter({ role: (how & 1) === 0 ? "client" : "server", deflateFromBytes: 0 });
  for (const message of messages) {
    if (message.type === "text") writer.text(message.data);
    else if (message.type === "binary") writer.binary(message.data);
    else if (message.type === "close") {
      if (message.code === 1005) writer.close();
      else writer.close(message.code, new TextEncoder().encode(message.reason));
    } else writer.control(message.type === "ping" ? PING : PONG, message.data);
  }
  const frames: Uint8Array[] = [];
  writer.output.drain({ write: (bytes) => frames.push(bytes.slice()) > 0 });
  return frames;
}

/**
 * WebSocket frames, from clients and from servers, compressed or not; the first octet says which.
 *
 * 1. Nothing is thrown but a WebSocketProtocolError, which stays. No message is above the limit.
 * 2. Whole, octet by octet, and cut anyhow come to the same; of two faults of one compressed message, either.
 * 3. What was read, written and read again, is itself.
 */
export const websocket: Target = {
  name: "websocket",
  seeds: webSocketSeeds,
  dictionary: webSocketWords,
  run(input) {
    const how = (input[0] ?? 0) & 7;
    const [whole, ...others] = cuttings(input.subarray(1)).map((pieces) => read(pieces, how));
    for (const other of others) {
      same("cut otherwise, other messages", whole!.messages, other.messages);
      same("cut otherwise, another fault", faultOf(whole!, how), faultOf(other, how));
    }
    const { messages } = read(write(whole!.incoming, how), how & 1);
    same("written and read again, other messages", whole!.messages, messages);
  },
};
