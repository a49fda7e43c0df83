import type { ByteSource } from "./byte-source.ts";
import { connectionOptions, persists } from "./connection-options.ts";
import { ProtocolError } from "./errors.ts";
import type { FieldLines } from "./field-lines.ts";
import { bodyFraming, type Framing } from "./framing.ts";
import { sameOctets } from "./octets.ts";
import type { RequestLine } from "./request-line.ts";
import { checkTarget, isHostAndPort } from "./target.ts";

/** Octets that were read, and what was found out about them: it holds again where the same come again. */
class Known {
  /** How many they are. */
  readonly length: number;
  readonly #bytes: Uint8Array;
  readonly #start: number;

  /** Those from `start` to the source's position. */
  constructor({ bytes, pos }: ByteSource, start: number) {
    this.#bytes = bytes;
    this.#start = start;
    this.length = pos - start;
  }

  /** Whether they are those that come next. A chunk that a body's receiver has transferred has no octets any more. */
  isAt({ bytes, pos, end }: ByteSource): boolean {
    if (end - pos < this.length || this.#bytes.length * bytes.length === 0) return false;
    return sameOctets(this.#bytes, this.#start, bytes, pos, this.length);
  }

  /** Octets of memory that are held on to: the chunk that these came in. */
  get held(): number {
    return this.#bytes.buffer.byteLength;
  }
}

/** The field section of a request, with all that follows from it whatever the target is. */
export class RequestFields extends Known {
  readonly lines: FieldLines;
  readonly minor: number;
  /** `""` where there is none. */
  readonly host: string;
  readonly framing: Framing;
  /** `Connection` options, in lower case. */
  readonly options: readonly string[];
  /** Whether the client wants the connection kept. */
  readonly keepAlive: boolean;
  /** Whether the client waits for a 100 before it sends the body (RFC 9110 section 10.1.1); 1.0 never does. */
  readonly expectsContinue: boolean;

  /** @throws ProtocolError with the status to answer */
  constructor(lines: FieldLines, minor: number, source: ByteSource, start: number) {
    super(source, start);
    this.lines = lines;
    this.minor = minor;
    this.host = checkHost(lines, minor);
    this.framing = bodyFraming(lines, minor);
    this.options = connectionOptions(lines);
    this.keepAlive = persists(this.options, minor);
    this.expectsContinue = checkExpectation(lines, minor) && this.framing !== 0;
  }
}

/** The head of one request, valid by RFC 9110 and 9112. It never changes. */
export class RequestHead extends Known implements RequestLine {
  readonly method: string;
  readonly target: string;
  readonly minor: number;
  readonly fields: RequestFields;
  readonly framing: Framing;
  /** Host, or the authority of an absolute-form target, which replaces it. `""` where neither says. */
  readonly authority: string;

  /** @throws ProtocolError with the status to answer */
  constructor({ method, target, minor }: RequestLine, fields: RequestFields, source: ByteSource) {
    super(source, source.mark);
    this.method = method;
    this.target = target;
    this.minor = minor;
    this.fields = fields;
    this.framing = fields.framing;
    this.authority = checkTarget(method, target) ?? fields.host;
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
