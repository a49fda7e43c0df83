import { concat } from "../http1/octets.ts";
import { soon } from "../socket/clock.ts";
import type { Socket } from "../socket/index.ts";
import { utf8 } from "../socket/utf8.ts";
import { tooLate } from "./errors.ts";
import { quiet, RESOLVED } from "./outgoing-body.ts";

/** Answers are held back for each other up to this many characters or bytes. */
const MAX_HELD = 65_536;
/** Bytes up to this many wait for what follows them; more cost as much as a write of their own. */
const MAX_WAITING = 16_384;
/** What waits is joined where its pieces have fewer bytes on the mean: a copy of more costs its memory, too. */
const MAX_JOINED = 4096;
/** Within the process bytes that are lent need no copy at all, from this many on. */
const MIN_LENT = 8192;
/**
 * Bytes taken by the peer that restart the write timeout; see `Timeouts.writeStallMs`. A kernel that is short of
 * memory takes pieces of about 64 KiB for who never reads, each time that others are gone.
 */
const PROGRESS = 131_072;
/** Microtasks without a further answer after which those that are ready leave. */
const MAX_HOPS = 8;

/**
 * The bytes on their way out of one connection. Small pieces that are ready at the same moment leave in one
 * write: text is kept as text, which the socket encodes, and is joined with bytes only where both wait.
 */
export class Output {
  readonly #socket: Socket;
  #text = "";
  #ascii = false;
  #pieces: (string | Uint8Array)[] | undefined;
  #size = 0;
  /** Microtasks since something was added, or -1 when no flush is on its way. */
  #hops = -1;
  /** Made when it is first needed: most connections have answers that are ready at once. */
  #hop: (() => void) | undefined;
  #full = false;
  readonly #waiters: ((gone: boolean) => void)[] = [];
  /** Characters and bytes that wait, once the socket is full. */
  #unsent = 0;
  readonly #maxUnsent: number;
  /** Of what the socket did not take at once, the characters and bytes that it took since. */
  #drained = 0;
  /** Bytes that had been taken when the write timeout was last set, and when it is over. */
  #mark = 0;
  #deadline = 0;
  /** Characters and bytes written since somebody set it to 0. */
  volume = 0;

  constructor(socket: Socket, maxUnsent: number) {
    this.#socket = socket;
    this.#maxUnsent = maxUnsent;
  }

  /** Whether the socket's queue is above its mark: wait for `drained`. */
  get full(): boolean {
    return this.#full;
  }

  /**
   * Adds text or bytes, which leave with `flush`; large ones leave at once.
   * @param given the bytes are lent by their writer, the text is ASCII (see `Socket.write`)
   */
  add(data: string | Uint8Array, given = false): void {
    if (typeof data === "string") {
      this.#ascii = given && (this.#ascii || this.#text === "");
      this.#text += data;
      if (this.#text.length + this.#size > MAX_HELD) this.flush();
      return;
    }
    const lent = given && data.length >= MIN_LENT && this.#socket.remoteAddress.family === "virtual";
    if (lent || data.length > MAX_WAITING || data.length + this.#size + this.#text.length > MAX_HELD) {
      this.#socket.cork?.();
      this.flush();
      this.#write(data, given);
      this.#socket.uncork?.();
      return;
    }
    this.#pieces ??= [];
    if (this.#text !== "") this.#pieces.push(this.#text);
    this.#pieces.push(data);
    this.#size += this.#text.length + data.length;
    this.#text = "";
  }

  flush(): void {
    const text = this.#text;
    const pieces = this.#pieces;
    this.#hops = -1;
    this.#text = "";
    if (pieces === undefined) {
      if (text !== "") this.#write(text, this.#ascii);
      return;
    }
    const apart = this.#size > pieces.length * MAX_JOINED && this.#socket.cork;
    this.#pieces = undefined;
    this.#size = 0;
    if (text !== "") pieces.push(text);
    if (pieces.length > 1 && !apart) return this.#write(join(pieces), true);
    this.#socket.cork?.();
    for (const piece of pieces) this.#write(piece);
    this.#socket.uncork?.();
  }

  /** Flushes when nothing was added for a few microtasks: answers that follow each other closely leave together. */
  flushSoon(): void {
    if (this.#text === "" && this.#pieces === undefined) return;
    this.#hop ??= () => {
      if (this.#hops < 0) return;
      if (++this.#hops < MAX_HOPS) soon(hop);
      else this.flush();
    };
    const hop = this.#hop;
    if (this.#hops < 0) soon(hop);
    this.#hops = 0;
  }

  /** The socket took everything. @param gone or takes nothing any more */
  drained(gone = false): void {
    this.#full = false;
    this.#drained += this.#unsent;
    this.#unsent = 0;
    for (const settle of this.#waiters.splice(0)) settle(gone);
  }

  /**
   * Whether too little was taken in `withinMs` (0: never) while more waits, by the clock's `now`. Its timer starts
   * with the first sweep that finds the socket full, so that a write costs nothing for it.
   */
  stalled(now: number, withinMs: number): boolean {
    if (!this.#full) {
      this.#deadline = 0;
      return false;
    }
    const taken = this.#socket.bytesTaken ?? this.#drained;
    if (this.#deadline === 0 || taken - this.#mark >= PROGRESS) {
      this.#mark = taken;
      this.#deadline = now + withinMs;
    }
    return withinMs > 0 && now >= this.#deadline;
  }

  /** Resolves when more can be written; rejects when the connection goes. */
  writable(): Promise<void> {
    if (!this.#full) return RESOLVED;
    return quiet(
      new Promise((resolve, reject) => this.#waiters.push((gone) => (gone ? reject(tooLate()) : resolve()))),
    );
  }

  #write(data: string | Uint8Array, given = false): void {
    this.volume += data.length;
    if (this.#socket.write(data, given)) return;
    this.#full = true;
    this.#unsent += data.length;
    if (this.#unsent > this.#maxUnsent) this.#socket.destroy();
  }
}

function join(pieces: readonly (string | Uint8Array)[]): Uint8Array {
  return concat(pieces.map((piece) => (typeof piece === "string" ? utf8.encode(piece) : piece)));
}
