import { InvalidHeader } from "./errors.ts";
import { lengthOf } from "./framing.ts";
import { forEachField, type HeadersInput, toFieldLine, toValue } from "./headers.ts";
import { listElements } from "./list.ts";
import { isAscii, octets } from "./octets.ts";
import { reasonPhrase } from "./reason.ts";

/** How the body of a response that is being written is delimited. */
export type OutgoingFraming = number | "chunked" | "until-close" | "none";

/**
 * Builds one response head as text of one char an octet. The fields that frame the message are the writer's
 * own: what a caller says of them is heard (`declaredLength`, `close`), not copied.
 *
 * Strategy: an answer is a list of parts, which are held against those of the answer before as they are given. Where all
 * are the same it is that answer, which is in one piece.
 */
export class ResponseHeadWriter {
  /** The last line of each name that the caller's fields had: most answers repeat those of the one before. */
  readonly #known = new Map<string, Part>();
  /** Of the head; `#at` of them are the present answer's, the others those of the one before. */
  readonly #parts: Part[] = [];
  #at = 0;
  /** Counts the answers. */
  #turn = 0;
  /** All the parts in one, and the content where that is short, or `""` once one of them is another. */
  #joined = "";
  #content = "";
  #ascii = true;
  #hasDate = false;
  #framing: OutgoingFraming | undefined;
  #dateLine = "";
  #connection = "";
  /** The lines that say these three, and the empty one. */
  #own: Part = { given: "", text: "" };
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
    const turn = ++this.#turn;
    this.#at = 0;
    this.#ascii = true;
    this.#hasDate = false;
    this.declaredLength = -1;
    this.close = false;
    // `reason-phrase = 1*( HTAB / SP / VCHAR / obs-text )` (RFC 9112 section 4)
    if (reason === undefined) this.#put(statusLine(code));
    else this.#put(this.#toPart(`HTTP/1.1 ${code} ${toValue("the reason", reason)}\r\n`));
    if (headers !== undefined && headers !== null) forEachField(headers, this.#add);
    // A getter or an iterator of theirs gave another answer: what is here is that one's.
    if (turn !== this.#turn) throw new InvalidHeader("they answered");
  }

  /** Says what the content is, unless the caller did. */
  addContentType(value: string): void {
    const given = this.#parts.slice(0, this.#at);
    if (!given.some(({ text }) => /^content-type:/i.test(text))) this.#add("Content-Type", value);
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
    const date = this.#hasDate ? "" : dateLine;
    if (framing !== this.#framing || date !== this.#dateLine || connection !== this.#connection) {
      this.#framing = framing;
      this.#dateLine = date;
      this.#connection = connection;
      this.#own = { given: "", text: ownLines(framing, date, connection) };
    }
    this.#put(this.#own);
    const kept = content.length > MAX_KNOWN_LENGTH || !this.#ascii ? "" : content;
    if (this.#joined === "" || kept !== this.#content) {
      this.#parts.length = this.#at;
      this.#joined = "";
      for (const { text } of this.#parts) this.#joined += text;
      this.#content = kept;
      this.#joined += kept;
    }
    if (!this.#ascii) return octets(this.#joined);
    return kept === content ? this.#joined : this.#joined + content;
  }

  #put(part: Part): void {
    if (this.#parts[this.#at] !== part) {
      this.#parts[this.#at] = part;
      this.#joined = "";
    }
    this.#at++;
  }

  readonly #add = (name: string, given: string): void => {
    const known = this.#known.get(name);
    this.#put(known?.given === given ? known : this.#toLine(name, given));
  };

  #toLine(name: string, given: string): Part {
    const { key, value } = toFieldLine(name, given);
    let text = "";
    if (key === "connection") return this.#toPart(this.#otherOptions(value));
    else if (key === "content-length")
      this.declaredLength = declaredLength(value, this.declaredLength < 0 ? undefined : this.declaredLength);
    else if (key === "transfer-encoding") checkTransferEncoding(value);
    else text = `${name}: ${value}\r\n`;
    // Not an object that was given as a value: it may be another text the next time.
    const part = this.#toPart(text, String(given));
    if (key === "date") this.#hasDate = true;
    else if (text !== "" && this.#ascii && text.length <= MAX_KNOWN_LENGTH) {
      if (this.#known.size >= MAX_KNOWN) this.#known.clear();
      this.#known.set(name, part);
    }
    return part;
  }

  #toPart(text: string, given = ""): Part {
    if (!isAscii(text)) this.#ascii = false;
    return { given, text };
  }

  #otherOptions(value: string): string {
    const others = listElements(value).filter((option) => {
      const lower = option.toLowerCase();
      if (lower === "close") this.close = true;
      return lower !== "close" && lower !== "keep-alive";
    });
    return others.length > 0 ? `Connection: ${others.join(", ")}\r\n` : "";
  }
}

/** A line of a head, or more than one, and what it was made of: the same object is the same text. */
interface Part {
  readonly given: string;
  readonly text: string;
}

function ownLines(framing: OutgoingFraming, dateLine: string, connection: string): string {
  let lines = dateLine;
  if (typeof framing === "number") lines += `Content-Length: ${framing}\r\n`;
  if (framing === "chunked") lines += "Transfer-Encoding: chunked\r\n";
  if (connection !== "") lines += `Connection: ${connection}\r\n`;
  return `${lines}\r\n`;
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
  let text = "";
  forEachField(trailers ?? {}, (name, given) => {
    const { key, value } = toFieldLine(name, given);
    // RFC 9110 section 6.5.1
    if (FRAMING_FIELDS.has(key)) throw new InvalidHeader(`${name} can't be a trailer`);
    text += `${name}: ${value}\r\n`;
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
const STATUS_LINES: Part[] = [];

function statusLine(code: number): Part {
  // The space behind the code stays when there is no phrase (RFC 9112 section 4).
  STATUS_LINES[code] ??= { given: "", text: `HTTP/1.1 ${code} ${reasonPhrase(code)}\r\n` };
  return STATUS_LINES[code];
}
