import { ProtocolError, type ProtocolErrorCode } from "./errors.ts";
import { WaitingChunks } from "./waiting-chunks.ts";

const HTAB = 9;
const LF = 10;
const CR = 13;
const SP = 32;
const DEL = 127;

/**
 * The octets that arrived and were not consumed yet.
 *
 * Strategy: readers scan `bytes` from `pos` to `end` in place. A section (a head, a chunk's size line, the
 * trailers) has to be in one piece, so that its elements are offsets from `mark`, where it began. A reader
 * that needs more calls `extend`, which joins the section with the next chunk in a buffer that grows by
 * doubling: a head that arrives one octet at a time costs one copy an octet. A head that arrives whole, and
 * every body, is never copied but seen in its chunk (small chunks that have to wait are joined, see
 * `WaitingChunks`). A joined buffer is given up once it is read, as views of it are the receiver's.
 */
export class ByteSource {
  bytes: Uint8Array = EMPTY;
  /** Where the section that is being read began. */
  mark = 0;
  pos = 0;
  end = 0;

  /** Octets of the line at `pos` that were looked at. */
  #scanned = 0;
  /** Chunks that wait, and their octets. */
  #queue: WaitingChunks | undefined;
  #queued = 0;

  /** Octets that wait to be read, those of an unfinished section included. */
  get buffered(): number {
    return this.end - this.mark + this.#queued;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    if (this.mark === this.end && this.#queued === 0) {
      this.#use(chunk);
      return;
    }
    this.#queued += chunk.length;
    this.#queue ??= new WaitingChunks();
    this.#queue.push(chunk);
  }

  /** Starts a section at `pos`. False when there is no octet to start it with. */
  begin(): boolean {
    this.mark = this.pos;
    return this.pos < this.end || this.#next();
  }

  /**
   * Reads a line: it ends in CRLF and has no other control character but HTAB. Each octet is looked at once, however
   * small the pieces that it comes in. `pos` is behind the line once it is whole.
   *
   * Stricter than RFC 9112 section 2.2 has to be: a bare LF ends no line, a bare CR is no space.
   * @returns its octets without the CRLF, or -1 when more have to come
   * @throws ProtocolError `tooLong` when it has more than `max`, `invalid` when it is no line
   */
  line(max: number, tooLong: ProtocolErrorCode, status: number, invalid: ProtocolErrorCode): number {
    do {
      const { bytes, pos, end } = this;
      let i = pos + this.#scanned;
      while (i < end && isText(bytes[i]!)) i++;
      const length = i - pos;
      this.#scanned = length;
      if (length > max) {
        // What has no space in it is a method longer than any that is implemented (RFC 9112 section 3).
        const isMethod = status === 414 && !bytes.subarray(pos, pos + max + 1).includes(SP);
        throw new ProtocolError(tooLong, isMethod ? 501 : status, `more than ${max} bytes`);
      }
      if ((i < end && bytes[i] !== CR) || (i + 1 < end && bytes[i + 1] !== LF))
        throw new ProtocolError(invalid, 400, "wanted CRLF");
      if (i + 1 < end) {
        this.#scanned = 0;
        this.pos = i + 2;
        return length;
      }
    } while (this.extend());
    return -1;
  }

  /** Joins the section with the next chunk; `pos - mark` stays. False when there is none yet. */
  extend(): boolean {
    const chunk = this.#dequeue();
    if (chunk === undefined) return false;
    this.#reserve(chunk.length);
    this.bytes.set(chunk, this.end);
    this.end += chunk.length;
    return true;
  }

  /** A view of up to `max` octets, consumed. Undefined when there are none. */
  take(max: number): Uint8Array | undefined {
    if (!this.begin()) return undefined;
    const start = this.pos;
    const length = Math.min(this.end - start, max);
    this.pos = start + length;
    this.mark = this.pos;
    // A plain Uint8Array whatever subclass the chunk is of (Node's Buffer is one).
    const view = new Uint8Array(this.bytes.buffer, this.bytes.byteOffset + start, length);
    this.release();
    return view;
  }

  /** Gives up the chunk when all of it was consumed, so that an idle connection holds no memory. */
  release(): void {
    if (this.pos === this.end) this.#use(EMPTY);
  }

  #next(): boolean {
    const chunk = this.#dequeue();
    if (chunk === undefined) return false;
    this.#use(chunk);
    return true;
  }

  #dequeue(): Uint8Array | undefined {
    const chunk = this.#queue?.all.shift();
    if (chunk !== undefined) this.#queued -= chunk.length;
    return chunk;
  }

  #use(chunk: Uint8Array): void {
    this.bytes = chunk;
    this.mark = 0;
    this.pos = 0;
    this.end = chunk.length;
  }

  /** Room for `more` octets after the section, in a buffer of our own that starts with it. */
  #reserve(more: number): void {
    const length = this.end - this.mark;
    // Only a buffer of our own has room behind its end.
    if (this.end + more <= this.bytes.length) return;
    const buffer = new Uint8Array(Math.max(256, (length + more) * 2));
    buffer.set(this.bytes.subarray(this.mark, this.end));
    this.bytes = buffer;
    this.pos -= this.mark;
    this.end = length;
    this.mark = 0;
  }
}

/** `field-vchar / SP / HTAB` (RFC 9110 section 5.5): VCHAR, obs-text and the two kinds of white space. */
function isText(octet: number): boolean {
  return octet >= SP ? octet !== DEL : octet === HTAB;
}

const EMPTY = new Uint8Array(0);
