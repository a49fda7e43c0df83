import { ProtocolError } from "./errors.ts";
import type { FieldLines } from "./field-lines.ts";
import type { Limits } from "./limits.ts";
import { MessageReader } from "./message-reader.ts";
import { latin1 } from "./octets.ts";
import { RequestFields, RequestHead } from "./request-head.ts";
import { type RequestLine, readRequestLine } from "./request-line.ts";

/** A head in a larger chunk than this is kept once for all connections, not by each: it holds the whole chunk. */
const MAX_HELD = 16_384;

/** What readers of one server know together. */
export interface KnownHeads {
  /** The head that was parsed last, by any of them. */
  last?: RequestHead | undefined;
}

/**
 * Requests out of octets: feed what arrives, read a head, read its body to the end, read the next head. It
 * takes any fragmentation, and asks for nothing: the caller decides when to read.
 *
 * A client that keeps its connection mostly sends the same head again (it polls, posts to one place, measures). The
 * octets are held against those of the head before, and where they are the same nothing is parsed twice; where it is
 * the target that differs, the fields are not. Nor is it
 * where clients of one make (or the connections of one client, or a proxy) send the same: then they share the head.
 *
 * @example
 * ```ts
 * import { DEFAULT_LIMITS } from "./limits.ts";
 * import { RequestReader } from "./request-reader.ts";
 *
 * const reader = new RequestReader(DEFAULT_LIMITS);
 * reader.feed(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: a\r\n"));
 * reader.readHead(); // undefined
 * reader.feed(new TextEncoder().encode("\r\n"));
 * console.log(reader.readHead()?.method); // GET
 * reader.readBody(); // "end"
 * ```
 */
export class RequestReader extends MessageReader<RequestHead> {
  readonly #heads: KnownHeads;
  /** The head before, where the next one may be the same. */
  #last: RequestHead | undefined;
  #line: RequestLine | undefined;
  #emptyLines = 0;

  constructor(limits: Limits, heads: KnownHeads = {}) {
    super(limits);
    this.#heads = heads;
  }

  /**
   * The next request's head, once it is complete. Only called when the body before was read to its end.
   * @throws ProtocolError; the reader is of no use after it
   */
  readHead(): RequestHead | undefined {
    return this.nextHead();
  }

  protected override knownHead(): RequestHead | undefined {
    const { source } = this;
    const { last } = this.#heads;
    if (this.#last?.isAt(source)) this.#emptyLines = 0;
    else return last?.isAt(source) ? this.#keep(last) : undefined;
    return this.#last;
  }

  /** Empty lines before it are passed over (RFC 9112 section 2.2). */
  protected override readLine(): boolean {
    const { source, limits } = this;
    for (;;) {
      source.mark = source.pos;
      const length = source.line(limits.maxRequestLineBytes, "RequestLineTooLong", 414, "InvalidRequestLine");
      if (length < 0) return false;
      if (length > 0) {
        this.#line = readRequestLine(latin1(source.bytes, source.mark, source.mark + length));
        return true;
      }
      if (++this.#emptyLines > limits.maxEmptyLines)
        throw new ProtocolError("InvalidRequestLine", 400, "too many empty lines");
    }
  }

  protected override headOfKnownFields(): RequestHead | undefined {
    const { source } = this;
    const fields = (this.#last ?? this.#heads.last)?.fields;
    if (fields?.minor !== this.#line?.minor || !fields?.isAt(source)) return undefined;
    source.pos += fields.length;
    return this.#toHead(fields);
  }

  protected override toHead(lines: FieldLines, start: number): RequestHead {
    const { minor } = this.#line as RequestLine;
    return this.#toHead(new RequestFields(lines, minor, this.source, start));
  }

  #toHead(fields: RequestFields): RequestHead {
    return this.#keep(new RequestHead(this.#line as RequestLine, fields, this.source));
  }

  #keep(head: RequestHead): RequestHead {
    this.#emptyLines = 0;
    this.#heads.last = head;
    this.#last = Math.max(head.held, head.fields.held) > MAX_HELD ? undefined : head;
    return head;
  }
}
