import { InvalidHeader } from "./errors.ts";
import type { FieldLines } from "./field-lines.ts";
import { trim } from "./list.ts";

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
 * import { HttpHeaders } from "portico";
 *
 * const headers = new HttpHeaders({ "Content-Type": "text/plain" });
 * headers.append("Vary", "Accept");
 * headers.get("content-type"); // "text/plain"
 * [...headers.lines()]; // [["Content-Type", "text/plain"], ["Vary", "Accept"]]
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

  /** Headers over lines that a reader has already validated; none where there are no lines. */
  static fromLines(lines: FieldLines | undefined): HttpHeaders {
    const headers = new HttpHeaders();
    headers.#raw = lines;
    return headers;
  }

  /** The value, or the values of all lines of that name joined with `", "`, or null. */
  get(name: string): string | null {
    // Most names are given in lower case, and one that is there is a token: only the others need a closer look.
    let at = this.#find(name, 0);
    const key = at < 0 ? toKey(name) : name;
    if (at < 0) at = this.#find(key, 0);
    if (at < 0) return null;
    let value = this.#value(at);
    for (at = this.#find(key, at + 1); at >= 0; at = this.#find(key, at + 1)) value += `, ${this.#value(at)}`;
    return value;
  }

  /** The values of every line of that name, in order, unjoined. */
  getAll(name: string): string[] {
    const key = toKey(name);
    const values: string[] = [];
    for (let at = this.#find(key, 0); at >= 0; at = this.#find(key, at + 1)) {
      values.push(this.#value(at));
    }
    return values;
  }

  getSetCookie(): string[] {
    return this.getAll("set-cookie");
  }

  has(name: string): boolean {
    return this.#find(toKey(name), 0) >= 0;
  }

  /** Adds a line; those of the same name stay. */
  append(name: string, value: string): void {
    const key = toKey(name);
    const text = toValue(name, value);
    this.#own();
    this.#push(name, key, text);
  }

  /** Replaces every line of that name, in the place of the first. */
  set(name: string, value: string): void {
    const key = toKey(name);
    const text = toValue(name, value);
    this.#own();
    const at = this.#find(key, 0);
    if (at < 0) return this.#push(name, key, text);
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
    const keys = [...this.lines()].map(([name]) => name.toLowerCase());
    for (const [i, key] of keys.entries()) {
      if (key === "set-cookie") yield [key, this.#values[i]!];
      else if (keys.indexOf(key) === i) yield [key, this.get(key) ?? ""];
    }
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
    this.#own();
    for (let i = 0; i < this.#names.length; i++) yield [this.#names[i]!, this.#values[i]!];
  }

  get [Symbol.toStringTag](): string {
    return "HttpHeaders";
  }

  /** What `console.log` and `JSON.stringify` show: names and joined values. */
  toJSON(): Record<string, string> {
    return Object.fromEntries(this);
  }

  /** Where the next line of that name is, or -1. */
  #find(key: string, from: number): number {
    return this.#raw !== undefined ? this.#raw.find(key, from) : this.#keys.indexOf(key, from);
  }

  #value(at: number): string {
    return this.#raw !== undefined ? this.#raw.value(at) : this.#values[at]!;
  }

  #push(name: string, key: string, value: string): void {
    this.#names.push(name);
    this.#keys.push(key);
    this.#values.push(value);
  }

  #remove(key: string, from: number): void {
    for (let at = this.#find(key, from); at >= 0; at = this.#find(key, at)) {
      for (const list of [this.#names, this.#keys, this.#values]) list.splice(at, 1);
    }
  }

  /** Takes the lines out of what they were read from, into arrays of this object's own. */
  #own(): void {
    const raw = this.#raw;
    this.#raw = undefined;
    if (this.#names === NO_STRINGS) {
      this.#names = [];
      this.#keys = [];
      this.#values = [];
    }
    for (let i = 0; raw !== undefined && i < raw.count; i++) {
      this.#push(raw.name(i), raw.name(i).toLowerCase(), raw.value(i));
    }
  }
}

/** Shared by all headers that are empty; never pushed to. */
const NO_STRINGS: string[] = [];

/** Calls back for every field line that an input stands for, in order, unvalidated. */
export function forEachField(init: HeadersInput, each: (name: string, value: string) => void): void {
  if (typeof init !== "object") {
    throw new InvalidHeader("wanted headers as a record or pairs");
  }
  if (!isIterable(init)) {
    for (const name of Object.keys(init)) {
      const value = init[name];
      if (typeof value === "string") each(name, value);
      else if (Array.isArray(value)) for (const element of value) each(name, element);
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

/** @throws InvalidHeader unless `name` is a token (RFC 9110 section 5.1). */
export function checkName(name: string): void {
  if (!isToken(name)) throw new InvalidHeader("wanted a token as a name");
}

/** `token = 1*tchar` (RFC 9110 section 5.6.2). */
export function isToken(text: string): boolean {
  return typeof text === "string" && /^[\w!#$%&'*+.^`|~-]+$/.test(text);
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

function toKey(name: string): string {
  checkName(name);
  return name.toLowerCase();
}
