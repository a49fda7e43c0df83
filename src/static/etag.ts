/** Entity-tags, RFC 9110 section 8.8.3: reading lists of them, comparing them, making them. */

export interface EntityTag {
  readonly weak: boolean;
  /** The opaque-tag without its quotes. */
  readonly opaque: string;
}

// entity-tag = [ weak ] opaque-tag; weak = %s"W/"; opaque-tag = DQUOTE *etagc DQUOTE
// etagc = %x21 / %x23-7E / obs-text. It has no escapes, and a comma is part of it.
const ENTITY_TAG = /[ \t]*(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"[ \t]*/y;
const EMPTY_ELEMENTS = /(?:[ \t]*,)*/y;

/**
 * Reads `#entity-tag`, empty list elements included. What follows the first fault is dropped, so that a
 * broken list compares like the part of it that is understood.
 */
export function parseEntityTags(value: string): EntityTag[] {
  const tags: EntityTag[] = [];
  let at = 0;
  while (at < value.length) {
    at += match(EMPTY_ELEMENTS, value, at)?.[0].length ?? 0;
    const tag = match(ENTITY_TAG, value, at);
    if (tag === null) break;
    tags.push({ weak: tag[1] !== undefined, opaque: tag[2] ?? "" });
    at += tag[0].length;
    if (at < value.length && value[at] !== ",") break;
  }
  return tags;
}

/** Reads a value that has to be one entity-tag and nothing else. */
export function parseEntityTag(value: string): EntityTag | undefined {
  const tag = match(ENTITY_TAG, value, 0);
  if (tag === null || tag[0].length !== value.length) return undefined;
  return { weak: tag[1] !== undefined, opaque: tag[2] ?? "" };
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** Strong comparison, RFC 9110 section 8.8.3.2: a weak tag equals nothing, not even itself. */
export function strongEquals(a: EntityTag, b: EntityTag): boolean {
  return !a.weak && !b.weak && a.opaque === b.opaque;
}

/** Weak comparison: the bytes may differ, the meaning not. */
export function weakEquals(a: EntityTag, b: EntityTag): boolean {
  return a.opaque === b.opaque;
}

/** The tag of an encoded variant: the same version of the file, but other bytes. */
export function withCoding(etag: string, coding: string): string {
  return `${etag.slice(0, -1)}-${coding}"`;
}

/**
 * A strong tag from the bytes themselves: their length and 64 bits of two FNV-like sums. It tells versions
 * of a file apart, by a chance of 2^-64 of an error; it is no guard against somebody who writes two files
 * so that they collide, who could as well write one.
 */
export function hashTag(bytes: Uint8Array): string {
  let low = 0x811c9dc5;
  let high = 0x9e3779b9;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    low = Math.imul(low ^ byte, 0x01000193);
    // Rotated, so that the second sum is no function of the first.
    high = Math.imul(((high << 5) | (high >>> 27)) ^ byte, 0x85ebca6b);
  }
  return `"${bytes.length.toString(36)}-${hex(low)}${hex(high ^ (high >>> 15))}"`;
}

const hex = (n: number): string => (n >>> 0).toString(16).padStart(8, "0");
