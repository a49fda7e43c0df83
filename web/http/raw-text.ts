/**
 * Bytes as text that can be typed, and back. Escapes are \r \n \t \0 \\ and \xHH; a line break right after \n
 * (or \r\n) is there for the eye alone, any other is sent as a line feed. Other characters are sent as UTF-8.
 */

const ESCAPES: Readonly<Record<string, number>> = { r: 13, n: 10, t: 9, "0": 0, "\\": 92 };
const encoder = new TextEncoder();

/** A backslash that begins no escape is sent as it is, so nothing that can be typed is refused. */
export function bytesOf(text: string): Uint8Array {
  const bytes: number[] = [];
  const pattern = /\\(?:([rnt0\\])|x([0-9a-fA-F]{2}))(\n?)|([^\\]+|\\)/g;
  for (const [, letter, hex, lineBreak, plain] of text.replaceAll("\r\n", "\n").matchAll(pattern)) {
    if (plain !== undefined) for (const byte of encoder.encode(plain)) bytes.push(byte);
    else bytes.push(hex === undefined ? ESCAPES[letter!]! : Number.parseInt(hex, 16));
    if (lineBreak && letter !== "n") bytes.push(10);
  }
  return Uint8Array.from(bytes);
}

/** The bytes as text that `bytesOf` reads back, one line for each line feed. */
export function textOf(bytes: Uint8Array): string {
  let text = "";
  const lines = (part: string) => part.replace(/\r?\n/g, (end) => `${end === "\n" ? "\\n" : "\\r\\n"}\n`);
  const valid = decodeStrictly(bytes);
  if (valid !== undefined) {
    const escaped = valid
      .replaceAll("\\", "\\\\")
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is escaped here
      .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)/g, (character) => hexEscape(character.charCodeAt(0)));
    return lines(escaped);
  }
  for (const byte of bytes) {
    if (byte === 10) text += "\\n\n";
    else if (byte === 13) text += "\\r";
    else if (byte === 92) text += "\\\\";
    else text += byte >= 32 && byte < 127 ? String.fromCharCode(byte) : hexEscape(byte);
  }
  return text;
}

function hexEscape(byte: number): string {
  return byte === 13 ? "\\r" : `\\x${byte.toString(16).padStart(2, "0")}`;
}

function decodeStrictly(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
