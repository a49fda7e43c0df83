/**
 * permessage-deflate's codec (RFC 7692 section 7.2) on pako's zlib. Nothing imports this module but the dynamic
 * import in `load-deflate.ts`: whoever doesn't negotiate the extension doesn't load it.
 *
 * Both ways are synchronous. The platform's `CompressionStream` can't be used: it has no sync flush and no window
 * that outlives a message.
 */
import {
  Z_BUF_ERROR,
  Z_DEFAULT_STRATEGY,
  Z_OK,
  Z_STREAM_END,
  Z_SYNC_FLUSH,
  ZStream,
  zlibDeflate,
  zlibDeflateInit2,
  zlibDeflateReset,
  zlibInflate,
  zlibInflateInit2,
  zlibInflateReset,
  zlibInflateResetKeep,
} from "pako";
import { WebSocketProtocolError } from "./errors.ts";
import type { MessageDeflater } from "./frame-writer.ts";
import type { MessageInflater } from "./message-reader.ts";

const DEFLATED = 8;
const OUTPUT = 16_384;
/** What section 7.2.1 takes off the end of a message and section 7.2.2 puts back. */
const TAIL = new Uint8Array([0x00, 0x00, 0xff, 0xff]);
/** Section 7.2.3.6: an empty message. zlib has nothing to say about a second flush in a row. */
const EMPTY = new Uint8Array([0x00]);

export interface DeflateSettings {
  /** 8 to 15. */
  readonly windowBits: number;
  /** Whether the window lives on from message to message. */
  readonly takeover: boolean;
  /** 0 to 9: zlib's compression level. */
  readonly level: number;
  /** 1 to 9: zlib's memory level. */
  readonly memoryLevel: number;
}

export class Deflater implements MessageDeflater {
  readonly #stream = new ZStream();
  readonly #takeover: boolean;

  constructor(settings: DeflateSettings) {
    this.#takeover = settings.takeover;
    // zlib has no raw DEFLATE with a window of 256 bytes. With one of 512 no distance is above 512 - 262 = 250
    // (zlib's MAX_DIST), so that is what a peer with 256 can read.
    const bits = Math.max(9, settings.windowBits);
    const { level, memoryLevel } = settings;
    const status = zlibDeflateInit2(this.#stream, level, DEFLATED, -bits, memoryLevel, Z_DEFAULT_STRATEGY);
    if (status !== Z_OK) throw new RangeError(`deflate can't work with ${JSON.stringify(settings)}`);
  }

  deflate(message: Uint8Array): Uint8Array {
    if (message.length === 0) return EMPTY.slice();
    const stream = this.#stream;
    stream.input = message;
    stream.next_in = 0;
    stream.avail_in = message.length;
    const parts: Uint8Array[] = [];
    let length = 0;
    do {
      stream.output = new Uint8Array(parts.length === 0 ? Math.min(OUTPUT, message.length + 64) : OUTPUT);
      stream.next_out = 0;
      stream.avail_out = stream.output.length;
      const status = zlibDeflate(stream, Z_SYNC_FLUSH);
      if (status !== Z_OK && status !== Z_BUF_ERROR) throw new Error(`deflate failed with ${status}`);
      parts.push(stream.output.subarray(0, stream.next_out));
      length += stream.next_out;
    } while (stream.avail_out === 0);
    if (!this.#takeover) zlibDeflateReset(stream);
    return join(parts, length - TAIL.length);
  }
}

/** The first `length` bytes of the parts. */
function join(parts: readonly Uint8Array[], length: number): Uint8Array {
  if (parts.length === 1) return parts[0]!.subarray(0, length);
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    const bytes = part.subarray(0, length - at);
    whole.set(bytes, at);
    at += bytes.length;
  }
  return whole;
}

export class Inflater implements MessageInflater {
  readonly #stream = new ZStream();
  readonly #takeover: boolean;
  /** Where zlib writes; undefined after it was handed on. */
  #output: Uint8Array<ArrayBuffer> | undefined;

  constructor(settings: Pick<DeflateSettings, "windowBits" | "takeover">) {
    this.#takeover = settings.takeover;
    if (zlibInflateInit2(this.#stream, -settings.windowBits) !== Z_OK) {
      throw new RangeError(`inflate can't work with a window of ${settings.windowBits} bits`);
    }
  }

  push(piece: Uint8Array, sink: (inflated: Uint8Array) => void): void {
    const stream = this.#stream;
    stream.input = piece;
    stream.next_in = 0;
    stream.avail_in = piece.length;
    let full = false;
    while (stream.avail_in > 0 || full) {
      this.#output ??= new Uint8Array(OUTPUT);
      stream.output = this.#output;
      stream.next_out = 0;
      stream.avail_out = OUTPUT;
      const status = zlibInflate(stream, Z_SYNC_FLUSH);
      if (stream.next_out > 0) sink(this.#take(stream.next_out));
      full = stream.avail_out === 0;
      // Section 7.2.3.4: a sender may end DEFLATE inside a message; what follows is a new one over the same window.
      if (status === Z_STREAM_END) zlibInflateResetKeep(stream);
      else if (status === Z_BUF_ERROR && stream.avail_in === 0) return;
      else if (status !== Z_OK) throw new WebSocketProtocolError("InvalidCompressedData");
    }
  }

  end(sink: (inflated: Uint8Array) => void): void {
    this.push(TAIL, sink);
    if (!this.#takeover) zlibInflateReset(this.#stream);
  }

  /** The used part of the output buffer, as a copy where it is mostly empty. */
  #take(length: number): Uint8Array {
    const output = this.#output!;
    if (length * 2 < OUTPUT) return output.slice(0, length);
    this.#output = undefined;
    return output.subarray(0, length);
  }
}
