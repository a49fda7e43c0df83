/** Octets as text and back. Field lines are octets, and a string of them has one char per octet (Latin-1). */

/** Arguments of one `fromCharCode` call: below every engine's limit, above every ordinary field value. */
const SLICE = 4096;

/** Decodes octets as Latin-1, one char each: nothing is lost and nothing is guessed. */
export function latin1(bytes: Uint8Array, start: number, end: number): string {
  const length = end - start;
  if (length <= 24) {
    let text = "";
    for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i]!);
    return text;
  }
  if (length <= SLICE) return fromCharCodes(bytes.subarray(start, end));
  let text = "";
  for (let i = start; i < end; i += SLICE) text += fromCharCodes(bytes.subarray(i, Math.min(i + SLICE, end)));
  return text;
}

function fromCharCodes(bytes: Uint8Array): string {
  return String.fromCharCode.apply(null, bytes as unknown as number[]);
}

/** Whether the octets spell `lower`, which is lower case, in any case. */
export function equalsIgnoringCase(bytes: Uint8Array, start: number, end: number, lower: string): boolean {
  if (end - start !== lower.length) return false;
  for (let i = 0; i < lower.length; i++) {
    let octet = bytes[start + i]!;
    if (octet >= 65 && octet <= 90) octet |= 32;
    if (octet !== lower.charCodeAt(i)) return false;
  }
  return true;
}

/** Whether `own` and `other` have the same octets from `start` and from `at` on. */
export function sameOctets(
  own: Uint8Array,
  start: number,
  other: Uint8Array,
  at: number,
  length: number,
): boolean {
  for (let i = 0; i < length; i++) if (own[start + i] !== other[at + i]) return false;
  return true;
}

/** The same for views, four octets at a time: from about 100 octets on that outweighs the making of a view. */
export function sameWords(
  own: DataView,
  start: number,
  other: DataView,
  at: number,
  length: number,
): boolean {
  let i = 0;
  for (; i + 4 <= length; i += 4)
    if (own.getInt32(start + i, true) !== other.getInt32(at + i, true)) return false;
  for (; i < length; i++) if (own.getUint8(start + i) !== other.getUint8(at + i)) return false;
  return true;
}

export function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
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
