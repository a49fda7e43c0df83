import { ProtocolError } from "./errors.ts";
import { trim } from "./list.ts";

/** One field line: its name as spelled and in lower case, and its value without white space around it. */
export interface FieldLine {
  readonly name: string;
  readonly key: string;
  readonly value: string;
}

/**
 * `*( field-line CRLF ) CRLF` with `field-line = field-name ":" OWS field-value OWS` (RFC 9112 section 5), in lines that
 * have no control characters, behind the LF of the line before. White space in front of a name, which would be obs-fold
 * (section 5.2), is no part of one.
 */
const SECTION = /^\n(?:[\w!#$%&'*+.^`|~-]+:[^\r]*\r\n)*\r\n$/;

/** The field lines of one message as they arrived: one text, which is taken apart when somebody asks for all of them. */
export class FieldLines {
  readonly #text: string;
  readonly #lower: string;
  #all: readonly FieldLine[] | undefined;

  /** @throws ProtocolError unless the text is a `SECTION` */
  constructor(text: string) {
    if (!SECTION.test(text)) throw new ProtocolError("InvalidFieldLine", 400, "wanted a name and a colon");
    this.#text = text;
    this.#lower = text.toLowerCase();
  }

  /** The values of all lines of a name, which is in lower case. */
  values(key: string): string[] {
    const values: string[] = [];
    const start = `\n${key}:`;
    for (let at = this.#lower.indexOf(start); at >= 0; at = this.#lower.indexOf(start, at + 1))
      values.push(trim(this.#text.slice(at + start.length, this.#text.indexOf("\r", at))));
    return values;
  }

  get all(): readonly FieldLine[] {
    this.#all ??= Array.from(this.#text.matchAll(/\n([^:\r]+):([^\r]*)/g), ([, name = "", value = ""]) => ({
      name,
      key: name.toLowerCase(),
      value: trim(value),
    }));
    return this.#all;
  }
}
