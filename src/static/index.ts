/**
 * `portico/static`: files over HTTP, from a disk, from memory, or from anything that a `FileSource` can be
 * written for.
 *
 * @example
 * ```ts
 * import { AsyncHttpServer } from "portico";
 * import { memoryFiles, serveFiles } from "portico/static";
 *
 * const files = memoryFiles({ "index.html": "<!doctype html><title>Hello</title><h1>Hello</h1>" });
 * await new AsyncHttpServer().serve(8080, serveFiles(files));
 * ```
 */
export { serveFiles } from "./files.ts";
export { type MemoryFile, memoryFiles } from "./memory.ts";
export type { ServeFilesOptions } from "./options.ts";
export type { Awaitable, DirectoryItem, FileSource, SourceDirectory, SourceFile } from "./source.ts";
