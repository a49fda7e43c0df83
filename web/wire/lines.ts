/** Lines of heads and chunked bodies as items. */
import type { Item, ItemKind, Token } from "./items.ts";

const LABELS: Partial<Record<ItemKind, string>> = {
  "request-line": "Request line",
  "status-line": "Status line",
  field: "Field",
  trailer: "Trailer field",
  blank: "Empty line: the end of the section",
  "chunk-size": "Chunk size",
  "chunk-end": "End of the chunk",
  problem: "Not valid here",
};

/** @param at where the line stands in its stream */
export function lineItem(kind: ItemKind, line: Uint8Array, at: number): Item {
  const text = latin1(line);
  const detail = text.replace(/\r?\n$/, "");
  const tokens = tokensOf(kind, detail, at);
  return {
    kind,
    from: at,
    to: at + line.length,
    label: LABELS[kind] ?? kind,
    ...(detail && { detail }),
    ...(tokens.length > 0 && { tokens }),
  };
}

function tokensOf(kind: ItemKind, text: string, at: number): Token[] {
  if (kind === "field" || kind === "trailer") {
    const colon = text.indexOf(":");
    if (colon < 0) return [];
    const value = colon + 1 + (text.slice(colon + 1).length - text.slice(colon + 1).trimStart().length);
    return [
      { from: at, to: at + colon, role: "name" },
      { from: at + colon, to: at + value, role: "punctuation" },
      { from: at + value, to: at + text.length, role: "value" },
    ];
  }
  if (kind !== "request-line" && kind !== "status-line") return [];
  const tokens: Token[] = [];
  const roles = ["name", "value", "punctuation"] as const;
  const order = kind === "request-line" ? [0, 1, 2] : [2, 0, 1];
  let from = 0;
  for (let index = 0; index < 3 && from < text.length; index++) {
    const space = index < 2 ? text.indexOf(" ", from) : -1;
    const to = space < 0 ? text.length : space;
    tokens.push({ from: at + from, to: at + to, role: roles[order[index]!]! });
    from = to + 1;
  }
  return tokens;
}

/** Bytes as characters, one each; for display only. */
export function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let index = 0; index < bytes.length; index += 8192) {
    text += String.fromCharCode(...bytes.subarray(index, index + 8192));
  }
  return text;
}
