import { InvalidHeader } from "./errors.ts";
import { lengthOf } from "./framing.ts";
import { checkName, forEachField, type HeadersInput, toValue } from "./headers.ts";
import { listElements } from "./list.ts";
import { isAscii, octets } from "./octets.ts";
import { reasonPhrase } from "./reason.ts";

/** How the body of a response that is being written is delimited. */
export type OutgoingFraming = number | "chunked" | "until-close" | "none";

/**
 * Builds one response head as text of one char an octet. The fields that frame the message are the writer's
 * own: what a caller says of them is heard (`declaredLength`, `close`), not copied.
 */
export class ResponseHeadWriter {
  #text = "";
  #ascii = true;
  #hasDate = false;
  #hasContentType = false;
  /** The last line of each name that the caller's fields had: most answers repeat those of the one before. */
  readonly #known = new Map<string, KnownLine>();
  #framing: OutgoingFraming | undefined;
  #dateLine = "";
  #connection = "";
  #lines = "";
  /**
   * The answer before, head and content where that is short, or `""`: what is the same again need not be joined and is in one piece. While
   * there is one all that was given of the present head was in that one, too, and `#text` is not made.
   */
  #before = "";
  #code = 0;
  #last: KnownLine | undefined;
  #content = "";
  /** Of the present head: the remembered line that was added last, and whether all of it was remembered. */
  #latest: KnownLine | undefined;
  #repeats = false;
  /** The caller's `Content-Length`, or -1. */
  declaredLength = -1;
  /** Whether the caller asked for `Connection: close`. */
  close = false;

  /**
   * Starts with the status line and the caller's fields.
   * @param reason the phrase, where it is not to be the code's own
   * @throws InvalidHeader, and then nothing was sent
   */
  begin(code: number, headers: HeadersInput | undefined, reason?: string): void {
    this.#ascii = true;
    this.#hasDate = false;
    this.#hasContentType = false;
    this.declaredLength = -1;
    this.close = false;
    this.#latest = undefined;
    this.#repeats = reason === undefined;
    if (this.#before === "" || code !== this.#code || reason !== undefined) {
      this.#before = "";
      this.#code = code;
      this.#text = reason === undefined ? statusLine(code) : this.#ownLine(code, reason);
    }
    if (headers !== undefined && headers !== null) forEachField(headers, this.#add);
  }

  /** Says what the content is, unless the caller did. */
  addContentType(value: string): void {
    if (!this.#hasContentType) this.#add("Content-Type", value);
  }

  /**
   * Ends the head.
   * @param dateLine the `Date` field line, left out where the caller gave one
   * @param connection the `Connection` option to send, `""` for none
   * @param content text that follows the head
   * @returns both where the head is ASCII alone, which is the same octets in UTF-8, else octets of the head
   */
  end(
    framing: OutgoingFraming,
    dateLine: string,
    connection: "" | "close" | "keep-alive",
    content = "",
  ): string | Uint8Array {
    const own = this.#own(framing, this.#hasDate ? "" : dateLine, connection);
    const kept = content.length > MAX_KNOWN_LENGTH ? "" : content;
    let text = this.#before;
    if (text === "" || this.#latest !== this.#last || kept !== this.#content) {
      this.#differ();
      const head = this.#text + own;
      this.#text = "";
      if (!this.#ascii) return octets(head);
      text = head + kept;
      this.#last = this.#latest;
      this.#content = kept;
      if (this.#repeats) this.#before = text;
    }
    return kept === content ? text : text + content;
  }

  /** The writer's own lines and the empty one: those of the answer before where nothing of them is another. */
  #own(framing: OutgoingFraming, dateLine: string, connection: string): string {
    if (framing === this.#framing && dateLine === this.#dateLine && connection === this.#connection)
      return this.#lines;
    this.#differ();
    this.#framing = framing;
    this.#dateLine = dateLine;
    this.#connection = connection;
    this.#lines = dateLine;
    if (typeof framing === "number") this.#lines += `Content-Length: ${framing}\r\n`;
    else if (framing === "chunked") this.#lines += "Transfer-Encoding: chunked\r\n";
    this.#lines += connection === "" ? "\r\n" : `Connection: ${connection}\r\n\r\n`;
    return this.#lines;
  }

  /** `reason-phrase = 1*( HTAB / SP / VCHAR / obs-text )` (RFC 9112 section 4) */
  #ownLine(code: number, reason: string): string {
    if (/[^\t -~\x80-\xff]/.test(reason)) throw new InvalidHeader("wanted one line");
    if (!isAscii(reason)) this.#ascii = false;
    return `HTTP/1.1 ${code} ${reason}\r\n`;
  }

  readonly #add = (name: string, given: string): void => {
    const known = this.#known.get(name);
    if (known?.value === given) {
      if (known.follows !== this.#latest) {
        this.#differ();
        known.follows = this.#latest;
      }
      this.#latest = known;
      if (known.isContentType) this.#hasContentType = true;
      if (this.#before === "") this.#text += known.text;
      return;
    }
    this.#differ();
    const repeats = this.#repeats;
    this.#repeats = false;
    checkName(name);
    const value = toValue(name, given);
    const key = name.toLowerCase();
    if (key === "connection") return this.#addConnection(value);
    if (key === "content-length") return this.#declareLength(value);
    if (key === "transfer-encoding") return checkTransferEncoding(value);
    const isContentType = key === "content-type";
    if (isContentType) this.#hasContentType = true;
    if (key === "date") this.#hasDate = true;
    const line = `${name}: ${value}\r\n`;
    this.#text += line;
    if (!isAscii(line)) this.#ascii = false;
    else if (line.length <= MAX_KNOWN_LENGTH && key !== "date") {
      if (this.#known.size >= MAX_KNOWN) this.#known.clear();
      const known = { value: given, text: line, isContentType, follows: this.#latest };
      this.#known.set(name, known);
      this.#latest = known;
      this.#repeats = repeats;
    }
  };

  /** The text is to be joined, from the lines that were the same up to here on. */
  #differ(): void {
    if (this.#before === "") return;
    this.#before = "";
    this.#text = "";
    for (let line = this.#latest; line !== undefined; line = line.follows)
      this.#text = line.text + this.#text;
    this.#text = statusLine(this.#code) + this.#text;
  }

  #addConnection(value: string): void {
    const others: string[] = [];
    for (const option of listElements(value)) {
      const lower = option.toLowerCase();
      if (lower === "close") this.close = true;
      else if (lower !== "keep-alive") others.push(option);
    }
    if (others.length > 0) this.#text += `Connection: ${others.join(", ")}\r\n`;
  }

  #declareLength(value: string): void {
    this.declaredLength = declaredLength(value, this.declaredLength < 0 ? undefined : this.declaredLength);
  }
}

interface KnownLine {
  readonly value: string;
  readonly text: string;
  readonly isContentType: boolean;
  /** The remembered line in front of it where it was added last. */
  follows: KnownLine | undefined;
}

/** Lines that a writer remembers: more names than an application sends, and no more memory than a few pages. */
const MAX_KNOWN = 64;
const MAX_KNOWN_LENGTH = 256;

/** What a caller says of the length. @throws InvalidHeader where that is none, or another than `before` */
export function declaredLength(value: string, before: number | undefined): number {
  const length = lengthOf(value);
  if (length === (before ?? length)) return length;
  throw new InvalidHeader("wanted one Content-Length of digits");
}

/** What a caller says of the coding, which is the writer's to choose. @throws InvalidHeader */
export function checkTransferEncoding(value: string): void {
  if (value.toLowerCase() === "chunked") return;
  throw new InvalidHeader("wanted no Transfer-Encoding but chunked");
}

/** The fields of a trailer section, with the empty line. @throws InvalidHeader */
export function trailerSection(trailers: HeadersInput | undefined): string | Uint8Array {
  if (trailers === undefined || trailers === null) return "\r\n";
  let text = "";
  forEachField(trailers, (name, given) => {
    checkName(name);
    if (FRAMING_FIELDS.has(name.toLowerCase())) {
      // RFC 9110 section 6.5.1
      throw new InvalidHeader(`${name} can't be a trailer`);
    }
    text += `${name}: ${toValue(name, given)}\r\n`;
  });
  text += "\r\n";
  return isAscii(text) ? text : octets(text);
}

/** Fields whose definition does not allow them behind the content: framing, routing, authentication, control. */
const FRAMING_FIELDS = new Set(
  "transfer-encoding content-length host connection te trailer upgrade expect range content-encoding content-type content-range authorization set-cookie cache-control date expires location retry-after vary warning www-authenticate".split(
    " ",
  ),
);

/** By code. */
const STATUS_LINES: string[] = [];

function statusLine(code: number): string {
  // The space behind the code stays when there is no phrase (RFC 9112 section 4).
  STATUS_LINES[code] ??= `HTTP/1.1 ${code} ${reasonPhrase(code)}\r\n`;
  return STATUS_LINES[code];
}
