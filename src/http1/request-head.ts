import type { ByteSource } from "./byte-source.ts";
import { connectionOptions, persists } from "./connection-options.ts";
import { ProtocolError } from "./errors.ts";
import type { FieldLines } from "./field-lines.ts";
import { bodyFraming, type Framing } from "./framing.ts";
import type { RequestLine } from "./request-line.ts";
import { checkTarget, isHostAndPort } from "./target.ts";

/**
 * The head of one request, valid by RFC 9110 and 9112. It never changes, so that a head that comes again, octet by
 * octet, is this one (`isAt`).
 */
export class RequestHead implements RequestLine {
  readonly method: string;
  readonly target: string;
  readonly minor: number;
  readonly lines: FieldLines;
  /** Host, or the authority of an absolute-form target, which replaces it. `""` where neither says. */
  readonly authority: string;
  readonly framing: Framing;
  /** `Connection` options, in lower case. */
  readonly options: readonly string[];
  /** Whether the client wants the connection kept. */
  readonly keepAlive: boolean;
  /** Whether the client waits for a 100 before it sends the body (RFC 9110 section 10.1.1); 1.0 never does. */
  readonly expectsContinue: boolean;
  /** Octets from the method to the empty line. */
  readonly length: number;
  readonly #bytes: Uint8Array;
  readonly #start: number;

  /** @throws ProtocolError with the status to answer */
  constructor({ method, target, minor }: RequestLine, lines: FieldLines, { bytes, mark, pos }: ByteSource) {
    this.method = method;
    this.target = target;
    this.minor = minor;
    this.lines = lines;
    this.#bytes = bytes;
    this.#start = mark;
    this.length = pos - mark;
    const host = checkHost(lines, minor);
    this.authority = checkTarget(method, target) ?? host;
    this.framing = bodyFraming(lines, minor);
    this.options = connectionOptions(lines);
    this.keepAlive = persists(this.options, minor);
    this.expectsContinue = checkExpectation(lines, minor) && this.framing !== 0;
  }

  /** Whether the octets that come next are this head's: what was found out about them holds again. */
  isAt({ bytes, pos, end }: ByteSource): boolean {
    const { length } = this;
    if (end - pos < length) return false;
    const own = this.#bytes;
    const start = this.#start;
    for (let i = 0; i < length; i++) if (own[start + i] !== bytes[pos + i]) return false;
    return true;
  }

  /** Octets of memory that the head holds on to: the chunk that it came in. */
  get held(): number {
    return this.#bytes.buffer.byteLength;
  }
}

/** RFC 9112 section 3.2: one Host line in 1.1, at most one in 1.0, and a valid one. */
function checkHost(lines: FieldLines, minor: number): string {
  const [host, another] = lines.values("host");
  if (host === undefined && minor > 0) throw new ProtocolError("MissingHost", 400);
  if (another !== undefined || !isHostAndPort(host ?? ""))
    throw new ProtocolError("InvalidHost", 400, "wanted one Host line");
  return host ?? "";
}

/** `100-continue` is the one expectation there is; another is 417 (RFC 9110 section 10.1.1). */
function checkExpectation(lines: FieldLines, minor: number): boolean {
  const expectations = minor > 0 ? lines.values("expect") : [];
  if (expectations.some((value) => value.toLowerCase() !== "100-continue"))
    throw new ProtocolError("ExpectationFailed", 417, "wanted 100-continue");
  return expectations.length > 0;
}
