import { type BodyEvent, BodyReader } from "./body-reader.ts";
import { ByteSource } from "./byte-source.ts";
import type { FieldLines } from "./field-lines.ts";
import { FieldSection } from "./field-section.ts";
import { type Framing, responseFraming } from "./framing.ts";
import { HttpHeaders } from "./headers.ts";
import type { Limits } from "./limits.ts";
import { MessageFields } from "./message-fields.ts";
import { StatusLine } from "./status-line.ts";

/** The head of one response, interim ones (1xx) included. */
export interface ResponseHead {
  readonly status: number;
  readonly reason: string;
  readonly minor: number;
  readonly headers: HttpHeaders;
  readonly framing: Framing;
  /** Whether the server will take another request on the connection (RFC 9112 section 9.3). */
  readonly keepAlive: boolean;
}

type State = "line" | "fields" | "body" | "broken";

/** Responses out of octets: the counterpart of `RequestReader`, used the same way. */
export class ResponseReader {
  readonly #limits: Limits;
  readonly #source = new ByteSource();
  readonly #line = new StatusLine();
  readonly #fields: FieldSection;
  #body: BodyReader | undefined;
  #trailers: FieldLines | undefined;
  #state: State = "line";

  constructor(limits: Limits) {
    this.#limits = limits;
    this.#fields = new FieldSection({
      maxLineBytes: limits.maxHeaderLineBytes,
      maxBytes: limits.maxHeaderBytes,
      maxCount: limits.maxHeaderCount,
      tooLarge: "HeaderTooLarge",
    });
  }

  get buffered(): number {
    return this.#source.buffered;
  }

  /** Whether a response has begun to arrive whose head is not complete. */
  get inHead(): boolean {
    return this.#state === "fields" || (this.#state === "line" && this.#line.begun);
  }

  feed(chunk: Uint8Array): void {
    this.#source.push(chunk);
  }

  /**
   * The next head, once it is complete. A 1xx other than 101 is followed by another head.
   * @param requestMethod decides whether there is a body (RFC 9112 section 6.3, steps 1 and 2)
   * @throws ProtocolError; the reader is of no use after it
   */
  readHead(requestMethod: string): ResponseHead | undefined {
    try {
      return this.#readHead(requestMethod);
    } catch (error) {
      this.#state = "broken";
      throw error;
    }
  }

  #readHead(requestMethod: string): ResponseHead | undefined {
    const source = this.#source;
    if (this.#state === "line") {
      if (!this.#line.begun && !source.begin()) return undefined;
      if (!this.#line.read(source)) return undefined;
      this.#fields.begin(source);
      this.#state = "fields";
    }
    if (this.#state !== "fields") return undefined;
    const lines = this.#fields.read(source);
    if (lines === undefined) return undefined;
    source.mark = source.pos;
    const { status, reason, minor } = this.#line;
    const fields = new MessageFields(lines);
    const framing = responseFraming(fields, status, requestMethod);
    this.#line.begin();
    this.#trailers = undefined;
    this.#state = framing === 0 ? "line" : "body";
    this.#body = framing === 0 ? undefined : new BodyReader(framing, this.#limits);
    const keepAlive = !fields.close && (minor > 0 || fields.keepAlive) && framing !== -2;
    return { status, reason, minor, headers: HttpHeaders.fromLines(lines), framing, keepAlive };
  }

  /** @throws ProtocolError; the reader is of no use after it */
  readBody(): BodyEvent {
    const body = this.#body;
    if (body === undefined) return this.#state === "broken" ? "need-more" : "end";
    try {
      const event = body.read(this.#source);
      if (event === "end") this.#endBody(body);
      return event;
    } catch (error) {
      this.#state = "broken";
      throw error;
    }
  }

  /**
   * The server closed its side. True when that is the end of the message, false when it cut one.
   */
  finish(): boolean {
    if (this.#body === undefined) return !this.inHead && this.#state !== "broken";
    if (!this.#body.endsAtClose) return false;
    this.#endBody(this.#body);
    return true;
  }

  get trailers(): FieldLines | undefined {
    return this.#trailers;
  }

  /** Lets go of memory that is not needed while nothing arrives. */
  release(): void {
    this.#source.release();
  }

  takeRest(): Uint8Array[] {
    const rest: Uint8Array[] = [];
    for (let chunk = this.#source.take(Infinity); chunk !== undefined; chunk = this.#source.take(Infinity))
      rest.push(chunk);
    return rest;
  }

  #endBody(body: BodyReader): void {
    this.#trailers = body.trailers;
    this.#body = undefined;
    this.#state = "line";
  }
}
