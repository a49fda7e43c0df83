/** Files of every kind, served from memory: for tests. */
import { serveFiles } from "./files.ts";
import { memoryFiles } from "./memory.ts";
import type { FileSource, SourceDirectory, SourceFile } from "./source.ts";

export const MODIFIED = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
export const LAST_MODIFIED = "Fri, 02 Jan 2026 03:04:05 GMT";
export const DIGITS = "0123456789".repeat(1000);

export const record = {
  "index.html": "<h1>Home</h1>",
  "app.js": { content: "let plain;", modified: MODIFIED },
  "app.js.br": "BR",
  "app.js.gz": "GZIP",
  "data.bin": new Uint8Array([1, 2, 3]),
  "digits.txt": { content: DIGITS, modified: new Date(MODIFIED) },
  "empty.txt": "",
  "docs/index.html": "<h1>Docs</h1>",
  "docs/a b&ü.txt": "odd",
  "pictures/one.png": "PNG",
  "pictures/sub/two.png": "PNG",
  ".env": "SECRET",
  ".git/config": "SECRET",
  ".well-known/security.txt": "Contact",
  feed: { content: "<feed/>", type: "application/atom+xml" },
} as const;

export const site = serveFiles(memoryFiles(record));

/** Counts what is open, to see that all of it is closed. */
export function counting(source: FileSource): FileSource & { open: FileSource["open"]; left: () => number } {
  let left = 0;
  const closing = <T extends SourceFile | SourceDirectory>(entry: T): T => {
    left++;
    return new Proxy(entry, {
      get: (target, key) => {
        if (key === "close") return () => void left--;
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  };
  return {
    left: () => left,
    open: async (path) => {
      const entry = await source.open(path);
      return entry && closing(entry);
    },
  };
}
