import { isAscii, octets } from "../../http1/octets.ts";
import { utf8 } from "../../socket/utf8.ts";

/**
 * Bytes that were written and not taken yet, in order.
 *
 * Whose memory it is: a writer may read what it wrote for ever and write it again (a cached file), and a
 * receiver may keep, change or transfer what it got. So each block that is taken is a whole buffer of its
 * own, which neither the writer nor another receiver has. That costs one copy, made on the way out, where it
 * joins small writes and cuts segments for nothing. Text is encoded into a buffer of its own and needs
 * none, and neither do large bytes that the writer lends to a receiver that borrows.
 */
export interface Chunk {
  readonly bytes: Uint8Array;
  readonly size: number;
  /** Whose memory it is: the writer's, the writer's who lends it to who borrows, or nobody else's. */
  readonly memory: 0 | 1 | 2;
  readonly writtenAt: number;
}

const KEPT = 0;
const LENT = 1;
const OWN = 2;

/** What was written in one go arrives in one go, up to so many bytes. */
const JOIN_AT_MOST = 131_072;
/**
 * A write of so many bytes is a block by itself, whole: who takes it apart or passes it on, as a piece of a
 * body, then need not copy it out of a larger one.
 */
const WORTH_A_BLOCK = 8192;

/** Text that is encoded by hand. */
const SHORT = 64;

/** @param given the writer lends the bytes. */
export function chunk(data: Uint8Array | string, given: boolean, writtenAt: number): Chunk {
  const isText = typeof data === "string";
  const bytes = isText ? encode(data) : data;
  const size = bytes.byteLength;
  if (size === undefined) throw new TypeError("wanted bytes or a string");
  const lent = given && size >= WORTH_A_BLOCK && bytes.constructor === Uint8Array;
  return { bytes, size, memory: isText ? OWN : lent ? LENT : KEPT, writtenAt };
}

export class ByteQueue {
  #chunks: Chunk[] = [];
  /** Bytes of the first chunk that were taken. */
  #taken = 0;
  /** Bytes that wait. */
  bytes = 0;

  /** Bytes of the oldest write that wait. */
  get firstBytes(): number {
    const [first] = this.#chunks;
    return first ? first.size - this.#taken : 0;
  }

  /** When the oldest waiting bytes were written. */
  get firstWrittenAt(): number {
    return this.#chunks[0]?.writtenAt ?? 0;
  }

  push(added: Chunk): void {
    if (added.size === 0) return;
    this.#chunks.push(added);
    this.bytes += added.size;
  }

  clear(): void {
    this.#chunks = [];
    this.#taken = 0;
    this.bytes = 0;
  }

  /** Bytes of as many writes as make one sensible block: the first, and what was written since, up to `most` bytes. */
  sensible(most: number = JOIN_AT_MOST): number {
    let bytes = -this.#taken;
    for (const { size } of this.#chunks) {
      if (bytes > 0 && (size >= WORTH_A_BLOCK || bytes + size > most)) break;
      bytes += size;
      if (size >= WORTH_A_BLOCK) break;
    }
    return bytes;
  }

  /**
   * The next bytes, of which so many wait; `borrowed` where they are one write, lent.
   * @throws TypeError when the writer transferred its buffer in the meantime.
   */
  take(bytes: number, borrowed = false): Uint8Array {
    this.bytes -= bytes;
    const [first] = this.#chunks;
    const free = first?.memory === OWN || (borrowed && first?.memory === LENT);
    if (free && this.#taken === 0 && bytes === first.size) {
      this.#chunks.shift();
      return part(first, 0, bytes);
    }
    const block = new Uint8Array(bytes);
    let emptied = 0;
    for (let at = 0; at < bytes; ) {
      const chunk = this.#chunks[emptied] as Chunk;
      const piece = part(chunk, this.#taken, Math.min(chunk.size, this.#taken + bytes - at));
      block.set(piece, at);
      at += piece.length;
      this.#taken += piece.length;
      if (this.#taken < chunk.size) break;
      this.#taken = 0;
      emptied++;
    }
    this.#chunks.splice(0, emptied);
    return block;
  }
}

/** Not a view where all is wanted: a view of a short array, which engines keep on their heap, makes them move it. */
function part({ bytes, size }: Chunk, from: number, to: number): Uint8Array {
  if (bytes.byteLength !== size) throw new TypeError("the buffer was transferred");
  return to - from === size ? bytes : bytes.subarray(from, to);
}

/**
 * UTF-8. Short ASCII, which the lines of HTTP are, goes without the encoder: engines keep arrays of up to 64
 * bytes on their heap, which takes a tenth (7 bytes) to half (64) of the time.
 */
function encode(text: string): Uint8Array {
  return text.length <= SHORT && isAscii(text) ? octets(text) : utf8.encode(text);
}
