import { fieldLines, type RequestDraft, requestBytes } from "./draft.ts";

/** The same request as a command for a shell. Raw bytes go through `nc`, as curl would not send them as they are. */
export function asCurl(draft: RequestDraft, port: number): string {
  if (draft.mode === "raw")
    return `printf ${quoted(printfOf(requestBytes(draft, port)))} | nc localhost ${port}`;
  const own = fieldLines(draft, port).filter(
    (line) => !/^(host: localhost|content-length):/i.test(line) && !/^host: localhost/i.test(line),
  );
  const implied = draft.body === "" ? "GET" : "POST";
  const options = [
    draft.method === "HEAD" ? "--head" : draft.method === implied ? "" : `-X ${quoted(draft.method)}`,
    ...own.map((line) => `-H ${quoted(line)}`),
    draft.body === "" ? "" : `--data-raw ${quoted(draft.body)}`,
  ];
  const target = quoted(`http://localhost:${port}${draft.path}`);
  return ["curl -i", ...options, target].filter(Boolean).join(" ");
}

function printfOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => {
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
