import { ByteSource } from "./byte-source.ts";
import { ChunkedBody } from "./chunked.ts";
import type { FieldLines } from "./field-lines.ts";
import { FieldSection } from "./field-section.ts";
import { CHUNKED, type Framing, UNTIL_CLOSE } from "./framing.ts";
import type { Limits } from "./limits.ts";

/** What reading a body gives: octets of it, its end, or that more has to arrive first. */
export type BodyEvent = Uint8Array | "end" | "need-more";

type State = 0 | 1 | 2 | 3;
const LINE = 0;
const FIELDS = 1;
const BODY = 2;
const BROKEN = 3;

/** Messages out of octets; what is a request's or a response's alone is the subclass's. */
export abstract class MessageReader<Head extends { readonly framing: Framing }> {
  protected readonly source = new ByteSource();
  protected readonly limits: Limits;
  #state: State = LINE;
  #fields: FieldSection | undefined;
  #chunked: ChunkedBody | undefined;
  /** Octets of the body that have not come, where that has a length; `Infinity` until the connection's close. */
  #left = 0;
  /** The trailer section of the body just read to its end, where it had one. */
  trailers: FieldLines | undefined;

  constructor(limits: Limits) {
    this.limits = limits;
  }

  /** Reads the line that a message begins with. @returns whether it is whole */
  protected abstract readLine(): boolean;

  /**
   * The head of the octets from the source's mark to its position, whose lines begin at `start`.
   * @throws ProtocolError
   */
  protected abstract toHead(lines: FieldLines, start: number): Head;

  /** A head that is known to be the one whose octets come next at the source's position. */
  protected knownHead?(): (Head & { readonly length: number }) | undefined;

  /** A head that begins with the line just read, where its fields are known to be those that come next. */
  protected headOfKnownFields?(): Head | undefined;

  /** Octets that arrived and were not read: those of a head that is not complete, or of what nobody asked for yet. */
  get buffered(): number {
    return this.source.buffered;
  }

  /** Takes over a chunk; it must not be changed afterwards. */
  feed(chunk: Uint8Array): void {
    this.source.push(chunk);
  }

  /**
   * The next message's head, once it is complete. Only called when the body before was read to its end.
   * @throws ProtocolError; the reader is of no use after it
   */
  protected nextHead(): Head | undefined {
    try {
      const head = this.#readHead();
      if (head === undefined) return undefined;
      this.source.mark = this.source.pos;
      this.trailers = undefined;
      this.#state = head.framing === 0 ? LINE : BODY;
      this.#left = head.framing === UNTIL_CLOSE ? Infinity : head.framing;
      if (head.framing === CHUNKED) this.#chunked = new ChunkedBody(this.limits);
      return head;
    } catch (error) {
      this.#state = BROKEN;
      throw error;
    }
  }

  #readHead(): Head | undefined {
    const { source, limits } = this;
    if (this.#state === LINE) {
      if (!source.begin()) return undefined;
      const known = this.knownHead?.();
      if (known !== undefined) {
        source.pos += known.length;
        return known;
      }
      if (!this.readLine()) return undefined;
      const head = this.headOfKnownFields?.();
      if (head !== undefined) return head;
      const { maxHeaderLineBytes, maxHeaderBytes, maxHeaderCount } = limits;
      this.#fields = new FieldSection(
        source,
        maxHeaderLineBytes,
        maxHeaderBytes,
        maxHeaderCount,
        "HeaderTooLarge",
      );
      this.#state = FIELDS;
    }
    const fields = this.#state === FIELDS ? this.#fields : undefined;
    const lines = fields?.read(source);
    return fields && lines && this.toHead(lines, source.mark + fields.start);
  }

  /**
   * Octets of the body that follows the head just read.
   * @throws ProtocolError; the reader is of no use after it
   */
  readBody(): BodyEvent {
    if (this.#state !== BODY) return this.#state === BROKEN ? "need-more" : "end";
    try {
      const event = this.#chunked ? this.#chunked.read(this.source) : this.#readSized();
      if (event === "end") this.#endBody();
      return event;
    } catch (error) {
      this.#state = BROKEN;
      throw error;
    }
  }

  #readSized(): BodyEvent {
    if (this.#left === 0) return "end";
    const data = this.source.take(this.#left);
    if (data === undefined) return "need-more";
    this.#left -= data.length;
    return data;
  }

  /** The peer closed its side. True when that is the end of the message, false when it cut one. */
  finish(): boolean {
    if (this.#state !== BODY) return this.buffered === 0 && this.#state !== BROKEN;
    if (this.#left < Infinity) return false;
    this.#endBody();
    return true;
  }

  /** Lets go of memory that is not needed while nothing arrives. */
  release(): void {
    this.source.release();
  }

  /** Takes out what was not read: what an upgrade hands over. */
  takeRest(): Uint8Array[] {
    const rest: Uint8Array[] = [];
    for (let chunk = this.source.take(Infinity); chunk !== undefined; chunk = this.source.take(Infinity))
      rest.push(chunk);
    return rest;
  }

  #endBody(): void {
    this.trailers = this.#chunked?.trailers;
    this.#chunked = undefined;
    this.#state = LINE;
  }
}
