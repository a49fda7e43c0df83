import { fieldLines, type RequestDraft, requestBytes } from "./draft.ts";

const FIELD_LINE = /^[\w!#$%&'*+.^`|~-]+:/;

/**
 * The same request as a command for a shell. Raw bytes go through `nc`, as curl would not send them as they are, and so
 * do a body that is chunked by hand, a HEAD that has one and what is no field line: curl reads a file for `@name`.
 */
export function asCurl(draft: RequestDraft, port: number): string {
  const own = fieldLines(draft, port);
  const beyondCurl =
    own.some((line) => !FIELD_LINE.test(line) || /^transfer-encoding:/i.test(line)) ||
    (draft.method === "HEAD" && draft.body !== "");
  if (draft.mode === "raw" || beyondCurl)
    return `printf ${quoted(printfOf(requestBytes(draft, port)))} | nc localhost ${port}`;
  const implied = draft.body === "" ? "GET" : "POST";
  const made = new Set([`host: localhost:${port}`, `content-length: ${byteLength(draft.body)}`]);
  const options = [
    draft.method === "HEAD" ? "--head" : draft.method === implied ? "" : `-X ${quoted(draft.method)}`,
    ...own.filter((line) => !made.has(line.toLowerCase())).map((line) => `-H ${quoted(asOption(line))}`),
    // Else curl calls every body a form.
    draft.body === "" || own.some((line) => /^content-type\s*:/i.test(line)) ? "" : "-H Content-Type:",
    draft.body === "" ? "" : `--data-raw ${quoted(draft.body)}`,
    ...target(draft.path, `http://localhost:${port}`),
  ];
  return ["curl -i", ...options].filter(Boolean).join(" ");
}

/** What curl's URLs have no room for, or would be changed by it (fragments, globs, dot segments), is given beside the URL. */
function target(path: string, origin: string): string[] {
  const plain = /^\/[\w.~!$&'()*+,;=:@%/?-]*$/.test(path) && !/\/(\.|%2e){1,2}(?=[/?]|$)/i.test(path);
  return plain ? [quoted(origin + path)] : [`--request-target ${quoted(path)}`, `${origin}/`];
}

/** A field without a value ends with a semicolon in curl's words: with a colon it would be left out. */
function asOption(line: string): string {
  return line.replace(/:\s*$/, ";");
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** The format of a `printf` that prints the bytes. A hyphen in front would begin an option. */
function printfOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte, at) => {
    if (byte === 45 && at === 0) return "\\055";
    if (byte === 10) return "\\n";
    if (byte === 13) return "\\r";
    if (byte === 92) return "\\\\";
    if (byte === 37) return "%%";
    return byte >= 32 && byte < 127 ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, "0")}`;
  }).join("");
}

/** A word for a shell, in single quotes unless it is plain. */
function quoted(word: string): string {
  return /^[\w./:@%+,=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
