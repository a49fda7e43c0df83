import type { HttpHeaders } from "../http1/headers.ts";
import { concat } from "../http1/octets.ts";
import { ClientError } from "./errors.ts";

/** What a connection does for the body that is read from it, until it ended or failed. */
export interface BodySource {
  /** Whether as much waits as may: then no more should arrive. */
  setFull(full: boolean): void;
  /** Nobody wants the rest: the body will fail. */
  destroy(error: unknown): void;
}

type State = 0 | 1 | 2;
export const OPEN = 0;
/** All of it has arrived. */
export const ENDED = 1;
const FAILED = 2;

type Controller = ReadableStreamDefaultController<Uint8Array> | ReadableByteStreamController;

/** Bytes that may wait for a reader of the stream: what needs none to arrive. */
export const MAX_WAITING = 65_536;

/**
 * The body of one response. Octets are taken out of the connection as they arrive, so that a short response frees
 * its connection whether or not somebody reads it; above a bound the connection stops reading until the stream is
 * read: that is the back-pressure.
 *
 * The stream is held by its readers alone: while no read is pending nothing here leads to it, so a
 * stream that nobody can read any more is collected, and the connection is cut (see `ABANDONED`).
 */
export class IncomingBody {
  readonly #source: BodySource;
  state: State = OPEN;
  /** Why the content can't be read to its end, be it that it was cut or that it can't be decoded. */
  failure: unknown;
  trailers: HttpHeaders | undefined;
  /** Called once, when the body has ended or failed. */
  readonly whenSettled: (() => void)[] = [];
  #chunks: Uint8Array[] = [];
  /** Bytes that arrived and were not read. */
  waiting = 0;
  #controller: Controller | undefined;

  /**
   * Whether its bytes may be lent (see `SocketEvents`): a byte stream takes its chunks over, so the stream is an
   * ordinary one then, which passes them on as they are.
   */
  readonly borrows: boolean;

  constructor(source: BodySource, borrows: boolean) {
    this.#source = source;
    this.borrows = borrows;
  }

  // What the connection says.

  push(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
    this.waiting += bytes.length;
    this.#serve();
    if (this.waiting >= MAX_WAITING) this.#source.setFull(true);
  }

  end(trailers: HttpHeaders): void {
    this.trailers = trailers;
    this.#settle(ENDED);
  }

  /** What arrived and was not read is lost. */
  fail(error: unknown): void {
    this.failure ??= error;
    this.#chunks = [];
    this.waiting = 0;
    this.#settle(FAILED);
  }

  // What the response's reader says.

  /** Everything that arrived, taken out: the whole body when it is complete. */
  takeAll(): Uint8Array<ArrayBuffer> {
    const chunks = this.#chunks;
    this.#chunks = [];
    this.waiting = 0;
    return concat(chunks); // the receiver's own bytes (the socket's contract), never shared memory
  }

  /** The body as a stream of bytes, where the platform has them, as a response's is. Pulls nothing ahead of its reader. */
  stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    const source = {
      pull: (controller: Controller) => {
        this.#controller = controller;
        this.#serve();
      },
      cancel: () => this.abort(),
    };
    // Chromium collects the stream's own object while its platform reads it on (`response.text()`): what
    // lives as long as anybody can pull is the function that is pulled with.
    if (this.state === OPEN) ABANDONED.register(source.pull, this);
    try {
      if (!this.borrows) return new ReadableStream({ type: "bytes", ...source });
    } catch {}
    return new ReadableStream<Uint8Array<ArrayBuffer>>(source, { highWaterMark: 0 });
  }

  /** Nobody wants the rest. */
  abort(): void {
    if (this.state === OPEN) this.#source.destroy(new ClientError("BodyCancelled"));
  }

  #settle(state: State): void {
    this.state = state;
    this.#serve();
    for (const settled of this.whenSettled) settled();
  }

  /** Answers the read that waits, if it can be. */
  #serve(): void {
    const controller = this.#controller;
    if (controller === undefined || (this.state === OPEN && this.waiting === 0)) return;
    this.#controller = undefined;
    if (this.waiting > 0) {
      const bytes = this.takeAll();
      // A byte stream takes over the whole buffer of what it is given: bytes that share theirs, with a head or with
      // what follows, are copied.
      controller.enqueue(bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice());
      if (this.state === OPEN) this.#source.setFull(false);
    } else if (this.state === FAILED) {
      controller.error(this.failure);
    } else {
      controller.close();
      // A read into the caller's own buffer ends with nothing in it.
      if ("byobRequest" in controller) controller.byobRequest?.respond(0);
    }
  }
}

/** Streams that were dropped before their end: their connections are of no use to anybody. */
const ABANDONED = /* @__PURE__ */ new FinalizationRegistry<IncomingBody>((body) => body.abort());
