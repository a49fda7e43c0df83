import { hashTag } from "./etag.ts";
import { isPlainName } from "./path.ts";
import type { DirectoryItem, FileSource, SourceDirectory, SourceFile } from "./source.ts";

/** A file in memory, where its content alone doesn't say enough. */
export interface MemoryFile {
  /** A string is stored as UTF-8. Bytes are not copied and must not change. */
  readonly content: string | Uint8Array;
  /** Media type with its parameters. Default: told from the name. */
  readonly type?: string;
  /** Time of the last change, a number being milliseconds since the Unix epoch. Default: when the record was read. */
  readonly modified?: Date | number;
}

/**
 * A `FileSource` over a record of paths, for pages, tests and generated content. Directories are there
 * wherever a path runs through them. Entity-tags are strong: a hash of the content, made when a file is
 * first asked for.
 *
 * @param record Paths, a leading `/` being optional, to contents. Read once, here.
 * @throws TypeError for a path that no request could ask for (an empty name, `..`, `\`, ...), where one path needs a
 * directory that another says is a file, and for content that is neither text nor bytes.
 *
 * @example
 * ```ts
 * import { AsyncHttpServer } from "portico";
 * import { memoryFiles, serveFiles } from "portico/static";
 *
 * const files = memoryFiles({
 *   "index.html": "<!doctype html><title>Hello</title>",
 *   "data/points.bin": new Uint8Array([1, 2, 3]),
 *   feed: { content: "<feed/>", type: "application/atom+xml", modified: Date.UTC(2026, 0, 1) },
 * });
 * await new AsyncHttpServer().serve(8080, serveFiles(files));
 * ```
 */
export function memoryFiles(record: Readonly<Record<string, string | Uint8Array | MemoryFile>>): FileSource {
  const root: Directory = new Map();
  const now = Date.now();
  for (const [path, value] of Object.entries(record)) {
    const names = path.replace(/^\//, "").split("/");
    const last = names.pop() ?? "";
    const parent = names.reduce((directory, name) => enter(directory, name, path), root);
    if (!isPlainName(last)) throw new TypeError(`no request can ask for the file ${JSON.stringify(path)}`);
    if (parent.has(last))
      throw new TypeError(`${JSON.stringify(path)} is already there as a directory or file`);
    const file = isContent(value) ? { content: value } : value;
    if (!isContent(file?.content))
      throw new TypeError(`the content of ${JSON.stringify(path)} has to be a string or a Uint8Array`);
    parent.set(last, new StoredFile(file, now));
  }
  return { open: (path) => find(root, path) };
}

function isContent(value: unknown): value is MemoryFile["content"] {
  return typeof value === "string" || value instanceof Uint8Array;
}

type Directory = Map<string, Directory | StoredFile>;

function enter(directory: Directory, name: string, path: string): Directory {
  if (!isPlainName(name)) throw new TypeError(`no request can ask for the file ${JSON.stringify(path)}`);
  let next = directory.get(name);
  if (next === undefined) {
    next = new Map();
    directory.set(name, next);
  }
  if (next instanceof StoredFile)
    throw new TypeError(`${JSON.stringify(path)} needs a file to be a directory`);
  return next;
}

function find(root: Directory, path: readonly string[]): SourceFile | SourceDirectory | undefined {
  let at: Directory | StoredFile | undefined = root;
  for (const name of path) {
    if (!(at instanceof Map)) return undefined;
    at = at.get(name);
  }
  return at instanceof Map ? new OpenDirectory(at) : at;
}

/** Holds nothing that could be given up, so one object serves every request. */
class StoredFile implements SourceFile {
  readonly kind = "file";
  readonly size: number;
  readonly modified: number;
  readonly type: string | undefined;
  readonly #bytes: Uint8Array;
  #etag: string | undefined;

  constructor({ content, type, modified }: MemoryFile, now: number) {
    this.#bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    this.size = this.#bytes.length;
    this.type = type;
    this.modified = Number(modified ?? now);
  }

  get etag(): string {
    this.#etag ??= hashTag(this.#bytes);
    return this.#etag;
  }

  read(start: number, end: number): Uint8Array {
    return this.#bytes.subarray(start, end);
  }

  close(): void {}
}

class OpenDirectory implements SourceDirectory {
  readonly kind = "directory";
  readonly #directory: Directory;

  constructor(directory: Directory) {
    this.#directory = directory;
  }

  list(): DirectoryItem[] {
    return [...this.#directory].map(([name, item]) => ({
      name,
      kind: item instanceof StoredFile ? "file" : "directory",
    }));
  }

  close(): void {}
}
