import { InvalidHeader } from "./errors.ts";
import type { FieldLine, FieldLines } from "./field-lines.ts";
import { isToken, trim } from "./list.ts";

/**
 * What a caller may give where headers are wanted: the platform's `Headers`, an `HttpHeaders`, pairs, or a
 * record; an array in a record is one field line per element.
 */
export type HeadersInput =
  | Iterable<readonly [string, string]>
  | { readonly [name: string]: string | number | readonly string[] };

/**
 * An ordered, case-insensitive list of field lines with the methods of the platform's `Headers`.
 *
 * Unlike the platform's it keeps the order of insertion and, on the wire, the spelling that each name was
 * given in, and it knows no forbidden names. Iteration yields lower-case names, values of one name joined
 * with `", "` (`cookie` with `"; "`, `set-cookie` never), in order of first appearance; `lines()` yields each field line as
 * it is on the wire.
 *
 * @throws InvalidHeader (a `TypeError` with that `code`) for a name that is no token or a value with
 * octets that RFC 9110 section 5.5 does not allow: CR, LF, NUL, other controls, chars above U+00FF.
 *
 * @example
 * ```ts
 * import { HttpHeaders } from "portico";
 *
 * const headers = new HttpHeaders({ "Content-Type": "text/plain" });
 * headers.append("Vary", "Accept");
 * headers.get("content-type"); // "text/plain"
 * [...headers.lines()]; // [["Content-Type", "text/plain"], ["Vary", "Accept"]]
 * ```
 */
export class HttpHeaders {
  /** Lines that nobody has changed yet, as they were received. */
  #received: FieldLines | undefined;
  #own: FieldLine[] | undefined;

  constructor(init?: HeadersInput) {
    if (init === undefined || init === null) return;
    forEachField(init, (name, value) => this.append(name, value));
  }

  /** Headers over lines that a reader has already validated; none where there are no lines. */
  static fromLines(lines: FieldLines | undefined): HttpHeaders {
    const headers = new HttpHeaders();
    headers.#received = lines;
    return headers;
  }

  /** The value, or the values of all lines of that name joined with `", "` (of `cookie` with `"; "`), or null. */
  get(name: string): string | null {
    const values = this.getAll(name);
    return values.length > 1 ? values.join(separatorOf(toKey(name))) : (values[0] ?? null);
  }

  /** The values of every line of that name, in order, unjoined. */
  getAll(name: string): string[] {
    const wanted = toKey(name);
    if (this.#received && !this.#own) return this.#received.values(wanted);
    return this.#lines.filter(({ key }) => key === wanted).map(({ value }) => value);
  }

  getSetCookie(): string[] {
    return this.getAll("set-cookie");
  }

  has(name: string): boolean {
    return this.get(name) !== null;
  }

  /** Adds a line; those of the same name stay. */
  append(name: string, value: string): void {
    this.#lines.push(toFieldLine(name, value));
  }

  /** Replaces every line of that name, in the place of the first. */
  set(name: string, value: string): void {
    const line = toFieldLine(name, value);
    const at = this.#lines.findIndex(({ key }) => key === line.key);
    if (at < 0) this.#lines.push(line);
    else this.#lines[at] = line;
    this.#own = this.#lines.filter((other) => other === line || other.key !== line.key);
  }

  delete(name: string): void {
    const unwanted = toKey(name);
    this.#own = this.#lines.filter(({ key }) => key !== unwanted);
  }

  forEach(callback: (value: string, name: string, parent: HttpHeaders) => void, thisArg?: unknown): void {
    for (const [name, value] of this) callback.call(thisArg, value, name, this);
  }

  entries(): IterableIterator<[string, string]> {
    // By what is joined; a Set-Cookie line is by itself. In one pass, as there may be a thousand names.
    const pairs = new Map<unknown, [string, string]>();
    for (const { key, value } of this.#lines) {
      const at = key === "set-cookie" ? {} : key;
      const before = pairs.get(at);
      pairs.set(at, [key, before ? before[1] + separatorOf(key) + value : value]);
    }
    return pairs.values();
  }

  *keys(): IterableIterator<string> {
    for (const [name] of this) yield name;
  }

  *values(): IterableIterator<string> {
    for (const [, value] of this) yield value;
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }

  /** Every field line in order, with its name as it is spelled on the wire. */
  *lines(): IterableIterator<[string, string]> {
    for (const { name, value } of this.#lines) yield [name, value];
  }

  get [Symbol.toStringTag](): string {
    return "HttpHeaders";
  }

  /** What `console.log` and `JSON.stringify` show: names and joined values. */
  toJSON(): Record<string, string> {
    return Object.fromEntries(this);
  }

  get #lines(): FieldLine[] {
    this.#own ??= [...(this.#received?.all ?? [])];
    return this.#own;
  }
}

/** Cookie is no list: gateways from HTTP/2, where it comes in several lines, may leave them (RFC 9113 section 8.2.3). */
const separatorOf = (key: string) => (key === "cookie" ? "; " : ", ");

/** Calls back for every field line that an input stands for, in order, unvalidated. */
export function forEachField(init: HeadersInput, each: (name: string, value: string) => void): void {
  if (typeof init !== "object") {
    throw new InvalidHeader("wanted headers as a record or pairs");
  }
  if (!isIterable(init)) {
    for (const name of Object.keys(init)) {
      const value = init[name];
      if (Array.isArray(value)) for (const element of value) each(name, element);
      else each(name, String(value));
    }
    return;
  }
  for (const pair of init instanceof HttpHeaders ? init.lines() : init) {
    if (pair.length !== 2) throw new InvalidHeader("wanted headers as a record or pairs");
    each(...pair);
  }
}

function isIterable(init: HeadersInput): init is Iterable<readonly [string, string]> {
  return typeof (init as Iterable<unknown>)[Symbol.iterator] === "function";
}

/**
 * `field-value` (RFC 9110 section 5.5) with white space around it taken off. Stricter than the platform,
 * which also strips CR and LF from the ends: here they are refused wherever they stand.
 */
export function toValue(name: string, value: unknown): string {
  const text = String(value);
  const at = text.search(/[^\t -~\x80-\xff]/);
  if (at < 0) return trim(text);
  throw new InvalidHeader(`the value of ${name} has an invalid character at ${at}`);
}

/** A name in lower case. @throws InvalidHeader unless it is a token (RFC 9110 section 5.1) */
function toKey(name: string): string {
  if (!isToken(name)) throw new InvalidHeader("wanted a token as a name");
  return name.toLowerCase();
}

/** @throws InvalidHeader */
export function toFieldLine(name: string, given: unknown): FieldLine {
  return { name, key: toKey(name), value: toValue(name, given) };
}
