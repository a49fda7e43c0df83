/**
 * What every contestant is asked to do, so that no two of them do different work. A server program
 * takes the name of its work as its first argument, listens on a free port of 127.0.0.1 and prints
 * `listening PORT`.
 */
export const work = process.argv[2] ?? "hello";

export const hello = "Hello World";
export const textPlain = "text/plain; charset=utf-8";
export const mebibyte = new Uint8Array(1024 * 1024).fill(120);
/** How long the body of an upload is; only the server that parses nothing has to be told. */
export const uploadBytes = Number(process.env.BENCH_BYTES ?? mebibyte.length);
/** The three of a browser's fourteen fields that the row reads. */
export const fieldsRead = ["accept-language", "user-agent", "cookie"];
/** Where the 64 KiB file is. */
export const root = process.env.BENCH_ROOT ?? ".";
/** How long a connection may idle, where a row needs longer than the default. */
export const keepAliveMs = process.env.BENCH_KEEP_ALIVE_MS
  ? Number(process.env.BENCH_KEEP_ALIVE_MS)
  : undefined;

export function listening(port) {
  console.log(`listening ${port}`);
}

/** Uses what was read, so that no compiler may skip the reading. */
export function used(...values) {
  let characters = 0;
  for (const value of values) characters += value?.length ?? 0;
  return characters;
}

// A row about memory collects what is garbage before it looks (node --expose-gc).
if (typeof globalThis.gc === "function") process.on("SIGUSR2", () => globalThis.gc());
