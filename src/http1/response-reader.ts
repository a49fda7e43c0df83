import type { FieldLines } from "./field-lines.ts";
import { bodyFraming, type Framing, UNTIL_CLOSE } from "./framing.ts";
import { HttpHeaders } from "./headers.ts";
import type { Limits } from "./limits.ts";
import { MessageFields } from "./message-fields.ts";
import { MessageReader } from "./message-reader.ts";
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

/** Responses out of octets: the counterpart of `RequestReader`, used the same way. */
export class ResponseReader extends MessageReader<ResponseHead> {
  readonly #line: StatusLine;
  #requestMethod = "";

  constructor(limits: Limits) {
    const line = new StatusLine();
    super(limits, line);
    this.#line = line;
  }

  /**
   * The next head, once it is complete. A 1xx other than 101 is followed by another head.
   * @param requestMethod decides whether there is a body (RFC 9112 section 6.3, steps 1 and 2)
   * @throws ProtocolError; the reader is of no use after it
   */
  readHead(requestMethod: string): ResponseHead | undefined {
    this.#requestMethod = requestMethod;
    return this.nextHead();
  }

  protected override toHead(lines: FieldLines): ResponseHead {
    const { status, reason, minor } = this.#line;
    const fields = new MessageFields(lines);
    const framing = bodyFraming(fields, minor, status, this.#requestMethod);
    const keepAlive = !fields.close && (minor > 0 || fields.keepAlive) && framing !== UNTIL_CLOSE;
    return { status, reason, minor, headers: HttpHeaders.fromLines(lines), framing, keepAlive };
  }
}
