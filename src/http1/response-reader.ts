import { connectionOptions, persists } from "./connection-options.ts";
import type { FieldLines } from "./field-lines.ts";
import { bodyFraming, type Framing, UNTIL_CLOSE } from "./framing.ts";
import { HttpHeaders } from "./headers.ts";
import { MessageReader } from "./message-reader.ts";
import { latin1 } from "./octets.ts";
import { readStatusLine, type StatusLine } from "./status-line.ts";

/** The head of one response, interim ones (1xx) included. */
export interface ResponseHead extends StatusLine {
  readonly headers: HttpHeaders;
  readonly framing: Framing;
  /** Whether the server will take another request on the connection (RFC 9112 section 9.3). */
  readonly keepAlive: boolean;
}

const MAX_LINE_BYTES = 8192;

/** Responses out of octets: the counterpart of `RequestReader`, used the same way. */
export class ResponseReader extends MessageReader<ResponseHead> {
  #line: StatusLine | undefined;
  #requestMethod = "";

  /**
   * The next head, once it is complete. A 1xx other than 101 is followed by another head.
   * @param requestMethod decides whether there is a body (RFC 9112 section 6.3, steps 1 and 2)
   * @throws ProtocolError; the reader is of no use after it
   */
  readHead(requestMethod: string): ResponseHead | undefined {
    this.#requestMethod = requestMethod;
    return this.nextHead();
  }

  protected override readLine(): boolean {
    const { source } = this;
    const length = source.line(MAX_LINE_BYTES, "InvalidStatusLine", 502, "InvalidStatusLine");
    if (length < 0) return false;
    this.#line = readStatusLine(latin1(source.bytes, source.mark, source.mark + length));
    return true;
  }

  protected override toHead(lines: FieldLines): ResponseHead {
    const line = this.#line as StatusLine;
    const framing = bodyFraming(lines, line.minor, line.status, this.#requestMethod);
    const keepAlive = persists(connectionOptions(lines), line.minor) && framing !== UNTIL_CLOSE;
    return { ...line, headers: HttpHeaders.fromLines(lines), framing, keepAlive };
  }
}
