import { isToken } from "../http1/list.ts";
import { argumentError } from "./errors.ts";

export type HeaderValue = string | number | readonly string[];

interface HeadersRecord {
  readonly [name: string]: HeaderValue | undefined;
}

/** What `writeHead` takes: a record, or a flat list of names and values, or a list of pairs. */
export type HeadersArgument = HeadersRecord | readonly (HeaderValue | readonly [string, HeaderValue])[];

/** `http.validateHeaderName`. @throws TypeError `ERR_INVALID_HTTP_TOKEN` */
export function validateHeaderName(name: string, label = "Header name"): void {
  if (typeof name === "string" && isToken(name)) return;
  throw argumentError("ERR_INVALID_HTTP_TOKEN", `${label} must be a valid HTTP token`);
}

/** `http.validateHeaderValue`. @throws TypeError `ERR_HTTP_INVALID_HEADER_VALUE`, `ERR_INVALID_CHAR` */
export function validateHeaderValue(name: string, value: unknown): void {
  if (value === undefined) {
    throw argumentError("ERR_HTTP_INVALID_HEADER_VALUE", `Invalid value "undefined" for header "${name}"`);
  }
  for (const one of Array.isArray(value) ? value : [value]) {
    // `field-value` (RFC 9110 section 5.5) has none of the other characters.
    if (/[^\t\x20-\x7e\x80-\xff]/.test(String(one))) {
      throw argumentError("ERR_INVALID_CHAR", `Invalid character in header content ["${name}"]`);
    }
  }
}

/** The header fields of a response that is not sent yet, by lower-case name, with the spelling kept. */
export class OutgoingHeaders {
  readonly #fields = new Map<string, { name: string; value: HeaderValue }>();

  set(name: string, value: HeaderValue): void {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    this.#fields.set(name.toLowerCase(), { name, value });
  }

  append(name: string, value: string | readonly string[]): void {
    const before = this.get(name);
    if (before === undefined) this.set(name, value);
    else this.set(name, [...listOf(before), ...listOf(value)]);
  }

  get(name: string): HeaderValue | undefined {
    return this.#fields.get(String(name).toLowerCase())?.value;
  }

  has(name: string): boolean {
    return this.#fields.has(String(name).toLowerCase());
  }

  delete(name: string): void {
    this.#fields.delete(String(name).toLowerCase());
  }

  names(): string[] {
    return [...this.#fields.keys()];
  }

  rawNames(): string[] {
    return [...this.#fields.values()].map(({ name }) => name);
  }

  record(): Record<string, HeaderValue> {
    const all: Record<string, HeaderValue> = Object.create(null);
    for (const [key, { value }] of this.#fields) all[key] = value;
    return all;
  }

  /** Takes over what `writeHead` was given; what was set before under the same name is replaced. */
  merge(given: HeadersArgument): void {
    if (!Array.isArray(given)) {
      for (const [name, value] of Object.entries(given as HeadersRecord)) {
        this.set(name, value as HeaderValue); // which may be none: that is said
      }
      return;
    }
    const pairs = pairsOf(given);
    for (const [name] of pairs) this.delete(name);
    for (const [name, value] of pairs) this.append(name, listOf(value));
  }

  /** Every field line. */
  lines(): [string, string][] {
    const lines: [string, string][] = [];
    for (const { name, value } of this.#fields.values()) {
      if (Array.isArray(value)) for (const one of value) lines.push([name, String(one)]);
      else lines.push([name, String(value)]);
    }
    return lines;
  }
}

function listOf(value: HeaderValue): string[] {
  return typeof value === "object" ? value.map(String) : [String(value)];
}

function pairsOf(given: readonly unknown[]): [string, HeaderValue][] {
  if (given.every(Array.isArray)) return given as [string, HeaderValue][];
  if (given.length % 2 !== 0) {
    throw argumentError("ERR_INVALID_ARG_VALUE", "a list of headers must have a value for every name");
  }
  const pairs: [string, HeaderValue][] = [];
  for (let i = 0; i < given.length; i += 2) pairs.push([String(given[i]), given[i + 1] as HeaderValue]);
  return pairs;
}
