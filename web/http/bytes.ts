/** Bytes that came in parts, to be shown. */

/** Parts as one: no more of them than so many bytes. */
export function joined(parts: readonly Uint8Array[], most = Number.POSITIVE_INFINITY): Uint8Array {
  const all = parts.reduce((sum, part) => sum + part.length, 0);
  const bytes = new Uint8Array(Math.min(all, most));
  let at = 0;
  for (const part of parts) {
    const fitting = part.subarray(0, bytes.length - at);
    bytes.set(fitting, at);
    at += fitting.length;
    if (at === bytes.length) break;
  }
  return bytes;
}

/** Without the begin of a UTF-8 character whose rest was cut off, or is still to come. */
export function wholeCharacters(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return bytes;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? bytes.subarray(0, -back) : bytes;
  }
  return bytes;
}
