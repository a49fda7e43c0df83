import { ProtocolError } from "../http1/errors.ts";
import type { FieldLines } from "../http1/field-lines.ts";
import { HttpHeaders } from "../http1/headers.ts";
import type { BodyEvent } from "../http1/message-reader.ts";
import { concat } from "../http1/octets.ts";
import { WaitingChunks } from "../http1/waiting-chunks.ts";
import { tooLate, UsageError } from "./errors.ts";
import { quiet } from "./outgoing-body.ts";

/** What a connection does for the body that is being read from it. */
export interface BodySource {
  /** The next of the octets that are there. @throws ProtocolError */
  readBody(): BodyEvent;
  /** The application waits for more: let octets come, and send 100 where the client waits for that. @param received how many have come */
  bodyWanted(received: number): void;
  /** The body was read to its end, or can't be. @returns its trailer section */
  bodyEnded(): FieldLines | undefined;
}

type State = 0 | 1 | 2;
export const OPEN = 0;
export const ENDED = 1;
export const FAILED = 2;

/**
 * One request's body, read on demand. Octets stay in the connection until somebody wants them, and the
 * connection stops reading when too many wait: that is the back-pressure.
 */
export class IncomingBody {
  state: State = OPEN;
  /** Octets that were read. */
  received = 0;
  /** Whether somebody began to read. */
  used = false;
  readonly #source: BodySource;
  readonly #maxBytes: number;
  #error: unknown;
  #dropped = false;
  /** Whether it is read, and not by way of the stream. */
  #direct = false;
  #stream: ReadableStream<Uint8Array> | undefined;
  #waiter: Waiter | undefined;
  /** What the waiter settles. */
  #awaited: Promise<Uint8Array | undefined> | undefined;
  #trailers: Promise<HttpHeaders> | undefined;
  #onEnd: (() => void) | undefined;
  /** Of this body, not of the one that the connection reads next. */
  #trailerLines: FieldLines | undefined;

  constructor(source: BodySource, maxBytes: number) {
    this.#source = source;
    this.#maxBytes = maxBytes;
  }

  /** Whether somebody holds the stream or an iterator, and so may read it yet. */
  get taken(): boolean {
    return this.used || this.#stream !== undefined;
  }

  /** Whether a reader waits for octets to arrive. */
  get waiting(): boolean {
    return this.#waiter !== undefined;
  }

  /** The trailer section, once the body was read to its end. */
  get trailers(): Promise<HttpHeaders> {
    this.#trailers ??= quiet(this.#readTrailers());
    return this.#trailers;
  }

  async #readTrailers(): Promise<HttpHeaders> {
    if (this.state === OPEN)
      await new Promise<void>((resolve) => {
        this.#onEnd = resolve;
      });
    if (this.state === FAILED) throw tooLate();
    return HttpHeaders.fromLines(this.#trailerLines);
  }

  /** The body as a stream. Pulls nothing ahead of its reader. */
  get stream(): ReadableStream<Uint8Array> {
    if (this.#stream) return this.#stream;
    const stream = new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          if (this.#direct) throw new UsageError("BodyAlreadyRead");
          this.used = true;
          const chunk = await this.read();
          if (chunk === undefined) controller.close();
          else controller.enqueue(chunk);
        },
        cancel: () => void this.#noLongerAwaited(),
      },
      { highWaterMark: 0 },
    );
    if (!(Symbol.asyncIterator in ReadableStream.prototype))
      Object.assign(stream, { [Symbol.asyncIterator]: () => piecesOf(stream) });
    this.#stream = stream;
    return stream;
  }

  /**
   * The pieces as they come, without a stream: to make one takes the platform as long as reading half a megabyte.
   * @throws UsageError `BodyAlreadyRead`
   */
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array, undefined> {
    this.#take();
    return {
      next: async () => {
        const value = await this.read();
        return value === undefined ? { done: true, value } : { value };
      },
    };
  }

  /**
   * The whole body; a promise only where some of it has to arrive first.
   * @throws UsageError `BodyAlreadyRead`
   */
  bytes(): Uint8Array | Promise<Uint8Array> {
    this.#take();
    const chunks = new WaitingChunks();
    for (let chunk = this.read(); chunk !== undefined; chunk = this.read()) {
      if (chunk instanceof Promise) return this.#rest(chunks, chunk);
      chunks.push(chunk);
    }
    return concat(chunks.all);
  }

  #take(): void {
    if (this.used || this.#stream?.locked) throw new UsageError("BodyAlreadyRead");
    this.used = this.#direct = true;
  }

  async #rest(chunks: WaitingChunks, awaited: Promise<Uint8Array | undefined>): Promise<Uint8Array> {
    for (let chunk = await awaited; chunk !== undefined; chunk = await this.read()) chunks.push(chunk);
    return concat(chunks.all);
  }

  /**
   * The next octets, `undefined` at the end; a promise only where something has to arrive first.
   * @throws ProtocolError when the body is too large, malformed or was cut
   * @param drop nobody else gets the rest, as the response is whole and nobody read
   * @throws UsageError `BodyAlreadyRead` when it was dropped
   */
  read(drop = false): Uint8Array | undefined | Promise<Uint8Array | undefined> {
    if (drop) this.used = this.#dropped = true;
    else if (this.#dropped) throw new UsageError("BodyAlreadyRead");
    if (this.state === FAILED) throw this.#error;
    if (this.state === ENDED) return undefined;
    // Behind who waits already: an iterator may be asked for more than one piece at a time.
    if (this.#waiter) return this.#awaited?.then(() => this.read());
    const event = this.#next();
    if (event !== "need-more") return event;
    const awaited = new Promise<Uint8Array | undefined>((resolve, reject) => {
      this.#waiter = { resolve, reject };
    });
    this.#awaited = awaited;
    this.#source.bodyWanted(this.received);
    return awaited;
  }

  /** Octets arrived: whoever waits for them, and somebody does, gets them. */
  progress(): void {
    try {
      const event = this.#next();
      if (event === "need-more") return;
      this.#noLongerAwaited()?.resolve(event);
    } catch {
      // `fail` has told the waiter.
    }
  }

  /** Ends the body with an error; a body that ended before is not concerned. */
  fail(error: unknown): void {
    if (this.state !== OPEN) return;
    this.#error = error;
    this.#noLongerAwaited()?.reject(error);
    this.#end(FAILED);
  }

  /** @returns who waited. What it gets is held no longer than by itself: it would outlive a collection. */
  #noLongerAwaited(): Waiter | undefined {
    const waiter = this.#waiter;
    this.#waiter = this.#awaited = undefined;
    return waiter;
  }

  #end(state: State): void {
    this.state = state;
    this.#trailerLines = this.#source.bodyEnded();
    this.#onEnd?.();
  }

  /** `undefined` at the end. */
  #next(): Exclude<BodyEvent, "end"> | undefined {
    try {
      const event = this.#source.readBody();
      if (event === "end") {
        this.#end(ENDED);
        return undefined;
      }
      if (event !== "need-more") {
        this.received += event.length;
        if (this.received > this.#maxBytes) {
          throw new ProtocolError("BodyTooLarge", 413, `more than ${this.#maxBytes} bytes`);
        }
      }
      return event;
    } catch (error) {
      this.fail(error);
      throw error;
    }
  }
}

/** A stream's chunks by its one reader, which is not given back. Safari's streams can't be iterated. */
export function piecesOf(stream: ReadableStream<Uint8Array>): AsyncIterator<Uint8Array, unknown> {
  const reader = stream.getReader();
  return {
    next: async () => await reader.read(),
    return: async () => {
      await reader.cancel();
      return { done: true, value: undefined };
    },
  };
}

interface Waiter {
  resolve(chunk: Uint8Array | undefined): void;
  reject(error: unknown): void;
}
