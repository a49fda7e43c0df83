import type { ByteSource } from "./byte-source.ts";
import { ProtocolError } from "./errors.ts";
import type { FieldLines } from "./field-lines.ts";
import { bodyFraming, type Framing } from "./framing.ts";
import { MessageFields } from "./message-fields.ts";
import { latin1, sameOctets, sameWords, viewOf } from "./octets.ts";
import type { RequestLine } from "./request-line.ts";
import { checkTarget, isHostAndPortOctets } from "./target.ts";

/**
 * The head of one request, valid by RFC 9110 and 9112. Text is made when it is asked for. It never changes, so that
 * a head that comes again, octet by octet, is this one (`isAt`).
 */
export class RequestHead {
  readonly method: string;
  /** Minor version as sent: HTTP/1.2 and above are served as 1.1. */
  readonly minor: number;
  readonly framing: Framing;
  readonly lines: FieldLines;
  readonly fields: MessageFields;

  /** Octets from the method to the empty line. */
  readonly length: number;

  readonly #bytes: Uint8Array;
  #view: DataView | undefined;
  readonly #start: number;
  readonly #targetStart: number;
  readonly #targetEnd: number;
  #target: string | undefined;
  /** The authority of an absolute-form target. */
  readonly #targetAuthority: string | undefined;

  /** @throws ProtocolError with the status to answer */
  constructor(source: ByteSource, line: RequestLine, lines: FieldLines) {
    const { bytes, mark } = source;
    this.#bytes = bytes;
    this.#start = mark;
    this.length = source.pos - mark;
    this.#targetStart = mark + line.targetStart;
    this.#targetEnd = mark + line.targetEnd;
    const method = latin1(bytes, mark, mark + line.methodEnd);
    this.method = COMMON_METHODS.find((common) => common === method) ?? method;
    this.minor = line.minor;
    this.lines = lines;
    this.fields = new MessageFields(lines);
    this.#targetAuthority = checkTarget(this.method, bytes, this.#targetStart, this.#targetEnd);
    checkHost(lines, this.fields, line.minor);
    this.framing = bodyFraming(this.fields, line.minor);
    checkExpectation(this.fields, line.minor);
  }

  /** The request target exactly as sent. */
  get target(): string {
    this.#target ??= latin1(this.#bytes, this.#targetStart, this.#targetEnd);
    return this.#target;
  }

  /** Host, or the authority of an absolute-form target, which replaces it. `""` where neither says. */
  get authority(): string {
    return this.#targetAuthority ?? this.fields.host ?? "";
  }

  /** Whether the octets that come next are this head's: what was found out about them holds again. */
  isAt(source: ByteSource): boolean {
    const { bytes, pos, end } = source;
    const { length } = this;
    if (end - pos < length) return false;
    if (length <= MAX_SINGLE) return sameOctets(this.#bytes, this.#start, bytes, pos, length);
    this.#view ??= viewOf(this.#bytes);
    return sameWords(this.#view, this.#start, viewOf(bytes), pos, length);
  }

  /** Octets of memory that the head holds on to: the chunk that it came in. */
  get held(): number {
    return this.#bytes.buffer.byteLength;
  }

  /** Whether the client wants the connection kept (RFC 9112 section 9.3). */
  get keepAlive(): boolean {
    if (this.fields.close) return false;
    return this.minor > 0 || this.fields.keepAlive;
  }

  /** Whether the client waits for a 100 before it sends the body (RFC 9110 section 10.1.1); 1.0 never does. */
  get expectsContinue(): boolean {
    return this.fields.expect !== undefined && this.minor > 0 && this.framing !== 0;
  }
}

/** Octets of a head that are compared one by one. */
const MAX_SINGLE = 96;

/** Shared strings for the usual methods: comparing one with a literal is then comparing pointers. */
const COMMON_METHODS = ["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"];

/** RFC 9112 section 3.2: one Host line in 1.1, at most one in 1.0, and a valid one. */
function checkHost(lines: FieldLines, fields: MessageFields, minor: number): void {
  if (fields.hostIndex < 0) {
    if (minor > 0) throw new ProtocolError("MissingHost", 400);
    return;
  }
  if (fields.hostLines > 1 || !lines.testValue(fields.hostIndex, isHostAndPortOctets))
    throw new ProtocolError("InvalidHost", 400, "wanted one Host line");
}

/** `100-continue` is the one expectation there is; another is 417 (RFC 9110 section 10.1.1). */
function checkExpectation(fields: MessageFields, minor: number): void {
  if (fields.expect === undefined || minor === 0 || fields.expect.toLowerCase() === "100-continue") return;
  throw new ProtocolError("ExpectationFailed", 417, "wanted 100-continue");
}
