import type { Role } from "./frame-header.ts";
import { mask, writeRandomKey } from "./masking.ts";
import { BINARY, CLOSE, MAX_CONTROL_PAYLOAD, TEXT } from "./opcodes.ts";
import { Output } from "./output.ts";

/** permessage-deflate's other half: a message in, its DEFLATE without the final `00 00 ff ff` out. */
export interface MessageDeflater {
  deflate(message: Uint8Array): Uint8Array;
}

export interface FrameWriterOptions {
  readonly role: Role;
  /** Set when permessage-deflate was negotiated. */
  readonly deflater?: MessageDeflater | undefined;
  /** Messages below this many bytes are sent as they are. */
  readonly deflateFromBytes: number;
}

const encoder = new TextEncoder();
const FIN = 0x80;
const RSV1 = 0x40;
const MAX_HEADER = 14;
/** A text this long is encoded into room for its worst case, three bytes a unit; a longer one apart. */
const SHORT_TEXT = 5_000;

/**
 * Messages in, frames out, into `output`: no socket. Every message is one frame, in its shortest form. A client's
 * frames are masked, in the copy that is sent.
 */
export class FrameWriter {
  readonly output = new Output();
  readonly #masks: boolean;
  readonly #deflater: MessageDeflater | undefined;
  readonly #deflateFrom: number;

  constructor(options: FrameWriterOptions) {
    this.#masks = options.role === "client";
    this.#deflater = options.deflater;
    this.#deflateFrom = options.deflateFromBytes;
  }

  /** @returns bytes of the message's payload before compression. */
  text(message: string): number {
    const mayDeflate = this.#deflater !== undefined && message.length * 3 >= this.#deflateFrom;
    if (message.length <= SHORT_TEXT && !mayDeflate) return this.#shortText(message);
    const bytes = encoder.encode(message);
    this.#data(TEXT, bytes, true);
    return bytes.length;
  }

  binary(message: Uint8Array): number {
    this.#data(BINARY, message, false);
    return message.length;
  }

  /** A ping, a pong, or a close frame with its payload. */
  control(opcode: number, payload: Uint8Array): void {
    this.#copied(FIN | opcode, payload);
  }

  /** @param reason at most 123 bytes of UTF-8. Without a code the frame is empty. */
  close(code?: number, reason: Uint8Array = new Uint8Array(0)): void {
    const payload = new Uint8Array(code === undefined ? 0 : 2 + reason.length);
    if (code !== undefined) {
      payload[0] = code >> 8;
      payload[1] = code & 0xff;
      payload.set(reason, 2);
    }
    this.control(CLOSE, payload);
  }

  #data(opcode: number, message: Uint8Array, owned: boolean): void {
    if (this.#deflater !== undefined && message.length >= this.#deflateFrom) {
      this.#moved(FIN | RSV1 | opcode, this.#deflater.deflate(message));
    } else if (owned) {
      this.#moved(FIN | opcode, message);
    } else {
      this.#copied(FIN | opcode, message);
    }
  }

  /**
   * Encodes straight into the output. The header is as long as ASCII of that length needs; where the text turns
   * out to need a longer one it is moved.
   */
  #shortText(message: string): number {
    const { output } = this;
    const at = output.reserve(MAX_HEADER + message.length * 3);
    const { block } = output;
    const guess = this.#headerLength(message.length);
    const room = block.subarray(at + guess, at + guess + message.length * 3);
    const { written } = encoder.encodeInto(message, room);
    const actual = this.#headerLength(written);
    if (actual !== guess) block.copyWithin(at + actual, at + guess, at + guess + written);
    this.#header(block, at, FIN | TEXT, written);
    this.#mask(block, at + actual, written);
    output.commit(actual + written);
    return written;
  }

  /** A frame with a copy of the payload. */
  #copied(first: number, payload: Uint8Array): void {
    const length = this.#headerLength(payload.length);
    const at = this.output.reserve(length + payload.length);
    const { block } = this.output;
    this.#header(block, at, first, payload.length);
    block.set(payload, at + length);
    this.#mask(block, at + length, payload.length);
    this.output.commit(length + payload.length);
  }

  /** A frame with the payload itself where that saves a copy: it is the writer's from then on. */
  #moved(first: number, payload: Uint8Array): void {
    if (payload.length < 4096) {
      this.#copied(first, payload);
      return;
    }
    const length = this.#headerLength(payload.length);
    const at = this.output.reserve(length);
    const { block } = this.output;
    this.#header(block, at, first, payload.length);
    if (this.#masks) mask(payload, 0, payload.length, block.subarray(at + length - 4, at + length));
    this.output.commit(length);
    this.output.append(payload);
  }

  #headerLength(payload: number): number {
    return (payload < 126 ? 2 : payload < 65_536 ? 4 : 10) + (this.#masks ? 4 : 0);
  }

  #header(block: Uint8Array, at: number, first: number, length: number): void {
    const maskBit = this.#masks ? 0x80 : 0;
    let end = at + 2;
    block[at] = first;
    if (length < 126) {
      block[at + 1] = maskBit | length;
    } else if (length < 65_536) {
      block[at + 1] = maskBit | 126;
      block[end++] = length >> 8;
      block[end++] = length & 0xff;
    } else {
      block[at + 1] = maskBit | 127;
      let rest = length;
      for (let i = end + 7; i >= end; i--) {
        block[i] = rest % 256;
        rest = Math.floor(rest / 256);
      }
      end += 8;
    }
    if (this.#masks) writeRandomKey(block, end);
  }

  /** Masks the payload with the key that stands before it. */
  #mask(block: Uint8Array, at: number, length: number): void {
    if (this.#masks) mask(block, at, at + length, block.subarray(at - 4, at));
  }
}

/** Bytes that a control frame's payload has at most; `payload` as the bytes to send. @throws RangeError */
export function controlPayload(payload: Uint8Array | string): Uint8Array {
  const bytes = typeof payload === "string" ? encoder.encode(payload) : payload;
  if (bytes.length > MAX_CONTROL_PAYLOAD) {
    throw new RangeError(
      `the payload of a control frame is ${bytes.length} bytes, wanted at most ${MAX_CONTROL_PAYLOAD}`,
    );
  }
  return bytes;
}
