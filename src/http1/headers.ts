import { CHARS, TCHAR, VALUE } from "./chars.ts";
import { InvalidHeader } from "./errors.ts";
import type { FieldLines } from "./field-lines.ts";

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
 * with `", "` (`set-cookie` never is), in order of first appearance; `lines()` yields each field line as
 * it is on the wire.
 *
 * @throws InvalidHeader (a `TypeError` with that `code`) for a name that is no token or a value with
 * octets that RFC 9110 section 5.5 does not allow: CR, LF, NUL, other controls, chars above U+00FF.
 *
 * @example
 * ```ts
 * const headers = new HttpHeaders({ "Content-Type": "text/plain" });
 * headers.append("Vary", "Accept");
 * headers.get("content-type"); // "text/plain"
 * ```
 */
export class HttpHeaders {
  /** Lines that nobody has changed yet, read in place. */
  #raw: FieldLines | undefined;
  #names: string[] = NO_STRINGS;
  #keys: string[] = NO_STRINGS;
  #values: string[] = NO_STRINGS;

  constructor(init?: HeadersInput) {
    if (init === undefined || init === null) return;
    forEachField(init, (name, value) => this.append(name, value));
  }

  /** Headers over lines that a reader has already validated. */
  static fromLines(lines: FieldLines): HttpHeaders {
    const headers = new HttpHeaders();
    headers.#raw = lines;
    return headers;
  }

  /** The value, or the values of all lines of that name joined with `", "`, or null. */
  get(name: string): string | null {
    const raw = this.#raw;
    // Most names are given in lower case, and one that is there is a token: only the others need a closer look.
    const given = raw?.find(name) ?? -1;
    const key = given < 0 ? toKey(name) : name;
    if (raw !== undefined) {
      let at = given < 0 ? raw.find(key) : given;
      if (at < 0) return null;
      let value = raw.value(at);
      for (at = raw.find(key, at + 1); at >= 0; at = raw.find(key, at + 1)) value += `, ${raw.value(at)}`;
      return value;
    }
    let value: string | null = null;
    for (let i = 0; i < this.#keys.length; i++) {
      if (this.#keys[i] === key) value = value === null ? this.#values[i]! : `${value}, ${this.#values[i]}`;
    }
    return value;
  }

  /** The values of every line of that name, in order, unjoined. */
  getAll(name: string): string[] {
    const key = toKey(name);
    this.#materialize();
    return this.#values.filter((_, i) => this.#keys[i] === key);
  }

  getSetCookie(): string[] {
    return this.getAll("set-cookie");
  }

  has(name: string): boolean {
    const key = toKey(name);
    return this.#raw !== undefined ? this.#raw.find(key) >= 0 : this.#keys.includes(key);
  }

  /** Adds a line; those of the same name stay. */
  append(name: string, value: string): void {
    checkName(name);
    const text = toValue(name, value);
    this.#own();
    this.#push(name, text);
  }

  /** Replaces every line of that name, in the place of the first. */
  set(name: string, value: string): void {
    checkName(name);
    const text = toValue(name, value);
    this.#own();
    const key = name.toLowerCase();
    const at = this.#keys.indexOf(key);
    if (at < 0) {
      this.#push(name, text);
      return;
    }
    this.#names[at] = name;
    this.#values[at] = text;
    this.#remove(key, at + 1);
  }

  delete(name: string): void {
    const key = toKey(name);
    this.#own();
    this.#remove(key, 0);
  }

  forEach(callback: (value: string, name: string, parent: HttpHeaders) => void, thisArg?: unknown): void {
    for (const [name, value] of this) callback.call(thisArg, value, name, this);
  }

  *entries(): IterableIterator<[string, string]> {
    this.#materialize();
    const keys = [...this.#keys];
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]!;
      if (key === "set-cookie") yield [key, this.#values[i]!];
      else if (keys.indexOf(key) === i) yield [key, this.get(key) ?? ""];
    }
  }

  *keys(): IterableIterator<string> {
    for (const [name] of this.entries()) yield name;
  }

  *values(): IterableIterator<string> {
    for (const [, value] of this.entries()) yield value;
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }

  /** Every field line in order, with its name as it is spelled on the wire. */
  *lines(): IterableIterator<[string, string]> {
    this.#materialize();
    for (let i = 0; i < this.#names.length; i++) yield [this.#names[i]!, this.#values[i]!];
  }

  get [Symbol.toStringTag](): string {
    return "HttpHeaders";
  }

  /** What `console.log` and `JSON.stringify` show: names and joined values. */
  toJSON(): Record<string, string> {
    return Object.fromEntries(this.entries());
  }

  #push(name: string, value: string): void {
    this.#names.push(name);
    this.#keys.push(name.toLowerCase());
    this.#values.push(value);
  }

  #remove(key: string, from: number): void {
    for (let i = this.#keys.length - 1; i >= from; i--) {
      if (this.#keys[i] !== key) continue;
      this.#names.splice(i, 1);
      this.#keys.splice(i, 1);
      this.#values.splice(i, 1);
    }
  }

  /** Makes the arrays this object's own before the first change. */
  #own(): void {
    this.#materialize();
    if (this.#names !== NO_STRINGS) return;
    this.#names = [];
    this.#keys = [];
    this.#values = [];
  }

  #materialize(): void {
    const raw = this.#raw;
    if (raw === undefined) return;
    this.#raw = undefined;
    this.#own();
    for (let i = 0; i < raw.count; i++) this.#push(raw.name(i), raw.value(i));
  }
}

/** Shared by all headers that are empty; never pushed to. */
const NO_STRINGS: string[] = [];

/** Calls back for every field line that an input stands for, in order, unvalidated. */
export function forEachField(init: HeadersInput, each: (name: string, value: string) => void): void {
  if (init instanceof HttpHeaders) {
    for (const [name, value] of init.lines()) each(name, value);
  } else if (isIterable(init)) {
    for (const pair of init) {
      const [name, value] = pair;
      if (typeof name !== "string" || value === undefined) {
        throw new InvalidHeader("headers given as a list must be pairs of a name and a value");
      }
      each(name, value);
    }
  } else if (typeof init === "object") {
    for (const name of Object.keys(init)) {
      const value = init[name];
      if (Array.isArray(value)) for (const element of value) each(name, element);
      else each(name, String(value));
    }
  } else {
    throw new InvalidHeader(`headers must be an object or an iterable of pairs, got ${typeof init}`);
  }
}

function isIterable(init: HeadersInput): init is Iterable<readonly [string, string]> {
  return typeof (init as Iterable<unknown>)[Symbol.iterator] === "function";
}

/** @throws InvalidHeader unless `name` is a token (RFC 9110 section 5.1). */
export function checkName(name: string): void {
  if (!isToken(name)) throw new InvalidHeader("a header name must be a token of RFC 9110 section 5.6.2");
}

export function isToken(text: string): boolean {
  if (typeof text !== "string" || text.length === 0) return false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 127 || (CHARS[code]! & TCHAR) === 0) return false;
  }
  return true;
}

/**
 * `field-value` (RFC 9110 section 5.5) with white space around it taken off. Stricter than the platform,
 * which also strips CR and LF from the ends: here they are refused wherever they stand.
 */
export function toValue(name: string, value: unknown): string {
  const text = typeof value === "string" ? value : String(value);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 255 || (CHARS[code]! & VALUE) === 0) {
      throw new InvalidHeader(
        `the value of ${name} has U+${code.toString(16).toUpperCase().padStart(4, "0")} at ${i}, wanted visible ` +
          "characters, spaces and tabs up to U+00FF",
      );
    }
  }
  return isSpace(text.charCodeAt(0)) || isSpace(text.charCodeAt(text.length - 1)) ? trim(text) : text;
}

function toKey(name: string): string {
  checkName(name);
  return name.toLowerCase();
}

function isSpace(code: number): boolean {
  return code === 32 || code === 9;
}

function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}
