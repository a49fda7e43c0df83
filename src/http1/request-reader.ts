import { type BodyEvent, BodyReader } from "./body-reader.ts";
import { ByteSource } from "./byte-source.ts";
import type { FieldLines } from "./field-lines.ts";
import { FieldSection } from "./field-section.ts";
import type { Limits } from "./limits.ts";
import { RequestHead } from "./request-head.ts";
import { RequestLine } from "./request-line.ts";

type State = "line" | "fields" | "body" | "broken";

/** A head in a larger chunk than this is not kept for comparison with the next: it would hold the whole chunk. */
const MAX_HELD = 16_384;

/**
 * Requests out of octets: feed what arrives, read a head, read its body to the end, read the next head. It
 * takes any fragmentation, and asks for nothing: the caller decides when to read.
 *
 * A client that keeps its connection mostly sends the same head again (it polls, posts to one place, measures). The
 * octets are held against those of the head before, and where they are the same nothing is parsed twice.
 *
 * @example
 * ```ts
 * reader.feed(bytes);
 * const head = reader.readHead();                 // undefined: more has to arrive
 * for (let e = reader.readBody(); e !== "end"; e = reader.readBody()) { if (e === "need-more") break; }
 * ```
 */
export class RequestReader {
  readonly #limits: Limits;
  readonly #source = new ByteSource();
  readonly #line: RequestLine;
  readonly #fields: FieldSection;
  #body: BodyReader | undefined;
  #trailers: FieldLines | undefined;
  /** The head before, where the next one may be the same. */
  #last: RequestHead | undefined;
  #state: State = "line";

  constructor(limits: Limits) {
    this.#limits = limits;
    this.#line = new RequestLine(limits);
    this.#fields = new FieldSection({
      maxLineBytes: limits.maxHeaderLineBytes,
      maxBytes: limits.maxHeaderBytes,
      maxCount: limits.maxHeaderCount,
      tooLarge: "HeaderTooLarge",
    });
  }

  /** Octets that arrived and were not read. */
  get buffered(): number {
    return this.#source.buffered;
  }

  /** Whether a request has begun to arrive whose head is not complete. */
  get inHead(): boolean {
    return this.#state === "fields" || (this.#state === "line" && this.#line.begun);
  }

  /** Takes over a chunk; it must not be changed afterwards. */
  feed(chunk: Uint8Array): void {
    this.#source.push(chunk);
  }

  /**
   * The next request's head, once it is complete. Only called when the body before was read to its end.
   * @throws ProtocolError; the reader is of no use after it
   */
  readHead(): RequestHead | undefined {
    try {
      return this.#readHead();
    } catch (error) {
      this.#state = "broken";
      throw error;
    }
  }

  #readHead(): RequestHead | undefined {
    const source = this.#source;
    if (this.#state === "line") {
      if (!this.#line.begun) {
        if (!source.begin()) return undefined;
        if (this.#last?.isAt(source)) {
          source.pos += this.#last.length;
          return this.#finish(this.#last);
        }
      }
      if (!this.#line.read(source)) return undefined;
      this.#fields.begin(source);
      this.#state = "fields";
    }
    if (this.#state !== "fields") return undefined;
    const lines = this.#fields.read(source);
    if (lines === undefined) return undefined;
    const head = new RequestHead(source, this.#line, lines);
    this.#last = head.held > MAX_HELD ? undefined : head;
    this.#line.begin();
    return this.#finish(head);
  }

  #finish(head: RequestHead): RequestHead {
    this.#source.mark = this.#source.pos;
    this.#trailers = undefined;
    if (head.framing === 0) {
      this.#state = "line";
    } else {
      this.#body = new BodyReader(head.framing, this.#limits);
      this.#state = "body";
    }
    return head;
  }

  /**
   * Octets of the body that follows the head just read.
   * @throws ProtocolError; the reader is of no use after it
   */
  readBody(): BodyEvent {
    const body = this.#body;
    if (body === undefined) return this.#state === "broken" ? "need-more" : "end";
    try {
      const event = body.read(this.#source);
      if (event === "end") {
        this.#trailers = body.trailers;
        this.#body = undefined;
        this.#state = "line";
      }
      return event;
    } catch (error) {
      this.#state = "broken";
      throw error;
    }
  }

  /** The trailer section of the body just read to its end, where it had one. */
  get trailers(): FieldLines | undefined {
    return this.#trailers;
  }

  /** Lets go of the head that the next one would be held against: nothing has come for a while. */
  forget(): void {
    this.#last = undefined;
  }

  /** Lets go of memory that is not needed while nothing arrives. */
  release(): void {
    this.#source.release();
  }

  /** Takes out what was not read: what an upgrade hands over. */
  takeRest(): Uint8Array[] {
    const rest: Uint8Array[] = [];
    for (let chunk = this.#source.take(Infinity); chunk !== undefined; chunk = this.#source.take(Infinity))
      rest.push(chunk);
    return rest;
  }
}
