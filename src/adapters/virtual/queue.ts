import { concat, isAscii, octets } from "../../http1/octets.ts";
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
interface Chunk {
  readonly bytes: Uint8Array;
  readonly size: number;
  /** Whose memory it is: the writer's, the writer's who lends it to who borrows, or nobody else's. */
  readonly memory: 0 | 1 | 2;
  readonly writtenAt: number;
}

const KEPT = 0;
const LENT = 1;
const OWN = 2;

/**
 * Small writes are joined up to so many bytes. A larger one is a block by itself, whole: who takes it apart or passes it
 * on, as a piece of a body, then need not copy it out of a larger one.
 */
const WORTH_A_BLOCK = 8192;

/** Text that is encoded by hand. */
const SHORT = 64;

export class ByteQueue {
  #chunks: Chunk[] = [];
  /** Bytes that wait. */
  bytes = 0;

  /** The oldest write, or what is left of it. */
  get first(): Chunk | undefined {
    return this.#chunks[0];
  }

  /**
   * @param given the writer lends the bytes.
   * @returns how many they are.
   */
  write(data: Uint8Array | string, given: boolean, writtenAt: number): number {
    const isText = typeof data === "string";
    const bytes = isText ? encode(data) : data;
    const size = bytes.byteLength;
    if (size === undefined) throw new TypeError("wanted a string or bytes");
    const lent = given && bytes.constructor === Uint8Array;
    if (size > 0) this.#chunks.push({ bytes, size, memory: isText ? OWN : lent ? LENT : KEPT, writtenAt });
    this.bytes += size;
    return size;
  }

  clear(): void {
    this.#chunks = [];
    this.bytes = 0;
  }

  /**
   * The next bytes, of which there have to be some: those of one write, up to `most`, or of several small ones.
   * @param borrows a write that was lent comes as the memory that it is.
   * @throws TypeError when the writer transferred its buffer in the meantime.
   */
  take(most = Infinity, borrows = false): Uint8Array {
    const chunks = this.#chunks;
    const { bytes, memory } = chunks[0] as Chunk;
    let size = 0;
    let count = 0;
    for (const chunk of chunks) {
      if (count > 0 && size + chunk.size > Math.min(most, WORTH_A_BLOCK)) break;
      size += chunk.size;
      count++;
    }
    if (size > most) {
      chunks[0] = { ...(chunks[0] as Chunk), bytes: bytes.subarray(most), size: size - most, memory: KEPT };
      this.bytes -= most;
      return new Uint8Array(bytes.subarray(0, most));
    }
    this.bytes -= size;
    if (count > 1) return concat(chunks.splice(0, count).map((chunk) => chunk.bytes));
    chunks.shift();
    const free = memory === OWN || (borrows && memory === LENT && bytes.byteLength === size);
    return free ? bytes : new Uint8Array(bytes);
  }
}

/**
 * UTF-8. Short ASCII, which the lines of HTTP are, goes without the encoder: engines keep arrays of up to 64
 * bytes on their heap, which takes a tenth (7 bytes) to half (64) of the time.
 */
function encode(text: string): Uint8Array {
  return text.length <= SHORT && isAscii(text) ? octets(text) : utf8.encode(text);
}
