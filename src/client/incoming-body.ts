import { HttpHeaders } from "../http1/headers.ts";
import type { BodyEvent } from "../http1/message-reader.ts";
import { concat } from "../http1/octets.ts";
import { ClientError, fetchFailed } from "./errors.ts";

/** What a connection does for the body that is read from it. */
export interface BodySource {
  /** The next of the octets that arrived. @throws ProtocolError, NetworkError when no more can come */
  readBody(): BodyEvent;
  /** Whether as much waits as may: then no more should arrive. */
  setFull(full: boolean): void;
  /** The body was read to its end, with these trailers. The source is not asked again. */
  bodyEnded(): HttpHeaders;
  /** Nobody wants the rest, or it can't be had. */
  bodyAborted(reason: unknown): void;
}

type State = 0 | 1 | 2;
const OPEN = 0;
const ENDED = 1;
const FAILED = 2;

type Controller = ReadableStreamDefaultController<Uint8Array> | ReadableByteStreamController;

/** Bytes that may wait for a reader of the stream. */
const MAX_WAITING = 65_536;

/**
 * The body of one response. Octets are taken out of the connection as they arrive, up to a bound, so
 * that a short response frees its connection whether or not somebody reads it; above the bound the connection
 * stops reading until the stream is read: that is the back-pressure.
 *
 * The stream is held by its readers alone: while no read is pending nothing here leads to it, so a
 * stream that nobody can read any more is collected, and the connection is cut (see `ABANDONED`).
 */
export class IncomingBody {
  readonly #source: BodySource;
  #state: State = OPEN;
  /** Why the content can't be read to its end, be it that it was cut or that it can't be decoded. */
  failure: { readonly error: unknown } | undefined;
  #chunks: Uint8Array[] = [];
  #waiting = 0;
  #controller: Controller | undefined;
  #trailers: HttpHeaders | undefined;
  #whenTrailers: { resolve(trailers: HttpHeaders): void; reject(error: unknown): void }[] = [];
  /** Called once, when the body has ended or failed. */
  onSettled: (() => void) | undefined;

  /**
   * Whether its bytes may be lent (see `SocketEvents`): a byte stream takes its chunks over, so the stream is an
   * ordinary one then, which passes them on as they are.
   */
  readonly borrows: boolean;

  constructor(source: BodySource, borrows = false) {
    this.#source = source;
    this.borrows = borrows;
  }

  /** Whether all of it has arrived. */
  get complete(): boolean {
    return this.#state === ENDED;
  }

  /** Whether no more of it will arrive. */
  get settled(): boolean {
    return this.#state !== OPEN;
  }

  /** Bytes that arrived and were not read. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Takes what has arrived, and hands it to whoever waits for it. */
  fill(): void {
    try {
      while (this.#state === OPEN && this.#waiting < MAX_WAITING) {
        const event = this.#source.readBody();
        if (event === "need-more") break;
        if (event === "end") this.#end();
        else this.#add(event);
      }
    } catch (error) {
      this.fail(fetchFailed(error));
    }
    if (this.#controller !== undefined) this.#serve();
    if (this.#state === OPEN) this.#source.setFull(this.#waiting >= MAX_WAITING);
  }

  /** Everything that arrived, taken out: the whole body when it is complete. */
  takeAll(): Uint8Array<ArrayBuffer> {
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#waiting = 0;
    return concat(chunks); // the receiver's own bytes (the socket's contract), never shared memory
  }

  /** The body as a stream of bytes; made once. */
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
    if (this.#state === OPEN) ABANDONED?.register(source.pull, this);
    return this.borrows ? plainStream(source) : byteStream(source);
  }

  /** The trailers, at the body's end. Rejects when it does not come. */
  trailers(): Promise<HttpHeaders> {
    if (this.#state === ENDED) return Promise.resolve(this.#trailers ?? new HttpHeaders());
    if (this.#state === FAILED) return Promise.reject(this.failure?.error);
    return new Promise((resolve, reject) => {
      this.#whenTrailers.push({ resolve, reject });
    });
  }

  /** Ends it with an error, unless it ended before. What arrived and was not read is lost. */
  fail(error: unknown): void {
    if (this.#state !== OPEN) return;
    this.#state = FAILED;
    this.failure ??= { error };
    this.#chunks = [];
    this.#waiting = 0;
    this.#source.bodyAborted(error);
    for (const { reject } of this.#whenTrailers) reject(error);
    this.#settle();
    if (this.#controller !== undefined) this.#serve();
  }

  /** Reads the rest and drops it, so that the connection can be used again. */
  async drop(): Promise<void> {
    try {
      const reader = this.stream().getReader();
      while (!(await reader.read()).done);
    } catch {
      // The connection is gone, and nobody asked for more.
    }
  }

  /** Nobody wants the rest. */
  abort(): void {
    this.fail(fetchFailed(new ClientError("BodyCancelled")));
  }

  #add(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
    this.#waiting += bytes.length;
  }

  #end(): void {
    this.#state = ENDED;
    this.#trailers = this.#source.bodyEnded();
    for (const { resolve } of this.#whenTrailers) resolve(this.#trailers);
    this.#settle();
  }

  #settle(): void {
    const settled = this.onSettled;
    this.onSettled = undefined;
    settled?.();
  }

  /** Answers the read that waits, if it can be. */
  #serve(): void {
    const controller = this.#controller as Controller;
    if (this.#waiting > 0) {
      this.#controller = undefined;
      enqueue(controller, this.takeAll());
      if (this.#state === OPEN) this.fill();
    } else if (this.#state === ENDED) {
      this.#controller = undefined;
      controller.close();
      // A read into the caller's own buffer ends with nothing in it.
      if ("byobRequest" in controller) controller.byobRequest?.respond(0);
    } else if (this.#state === FAILED) {
      this.#controller = undefined;
      controller.error(this.failure?.error);
    }
  }
}

/**
 * A byte stream takes over the whole buffer of what it is given: bytes that share theirs, with a head or with
 * what follows, are copied.
 */
function enqueue(controller: Controller, bytes: Uint8Array<ArrayBuffer>): void {
  const whole = bytes.byteLength === bytes.buffer.byteLength;
  controller.enqueue(whole ? bytes : bytes.slice());
}

interface Source {
  pull(controller: Controller): void;
  cancel(): void;
}

/** As a response's body is: a byte stream, where the platform has them. Pulls nothing ahead of its reader. */
function byteStream(source: Source): ReadableStream<Uint8Array<ArrayBuffer>> {
  try {
    return new ReadableStream({ type: "bytes", ...source });
  } catch {
    return plainStream(source);
  }
}

function plainStream(source: Source): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream<Uint8Array<ArrayBuffer>>(source, { highWaterMark: 0 });
}

/** Streams that were dropped before their end: their connections are of no use to anybody. */
const ABANDONED =
  typeof FinalizationRegistry === "undefined"
    ? undefined
    : new FinalizationRegistry<IncomingBody>((body) => body.abort());
