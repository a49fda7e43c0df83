/** Octets as text and back. Field lines are octets, and a string of them has one char per octet (Latin-1). */

/** Arguments of one `fromCharCode` call: below every engine's limit, above every ordinary field value. */
const SLICE = 4096;

/**
 * What Node's chunks, which are known by `compare`, can do themselves, in 60 ns whatever the length: of 600 octets text
 * takes 1,400, a comparison 480.
 */
interface Chunk extends Uint8Array {
  toString(encoding?: "latin1", start?: number, end?: number): string;
  compare?(other: Uint8Array, from: number, to: number, start: number, end: number): number;
}

/** Octets up to which a loop takes no longer than a call. */
const FEW = 64;

/** Whether `own` and `other` have the same octets from `start` and from `at` on. */
export function sameOctets(
  own: Uint8Array,
  start: number,
  other: Chunk,
  at: number,
  length: number,
): boolean {
  if (length > FEW && other.compare) return other.compare(own, start, start + length, at, at + length) === 0;
  for (let i = 0; i < length; i++) if (own[start + i] !== other[at + i]) return false;
  return true;
}

/** Decodes octets as Latin-1, one char each: nothing is lost and nothing is guessed. */
export function latin1(bytes: Chunk, start: number, end: number): string {
  if (bytes.compare) return bytes.toString("latin1", start, end);
  let text = "";
  for (let i = start; i < end; i += SLICE) {
    const slice = bytes.subarray(i, Math.min(i + SLICE, end));
    text += String.fromCharCode.apply(null, slice as unknown as number[]);
  }
  return text;
}

/** Whether a string has only ASCII, so that it is the same octets in UTF-8 and Latin-1. */
export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false;
  return true;
}

/** Text of one char an octet as octets. */
export function octets(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** All octets in one piece, which are a copy unless they are in one already. */
export function concat(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  if (chunks.length === 1) return chunks[0] as Uint8Array<ArrayBuffer>;
  const all = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
