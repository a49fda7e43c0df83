/**
 * The files of a page, as much of `fs` as serving them takes. `mountFiles` says which there are.
 */
import { normalize } from "pathe";
import { missing } from "../errors.ts";
import { Buffer, type NodeBuffer, type NodeReadable, Readable, toBuffer } from "../streams.ts";

interface File {
  readonly bytes: NodeBuffer;
  readonly modified: Date;
  readonly inode: number;
}

const files = new Map<string, File>();

/**
 * Adds files by their absolute path; text is stored as UTF-8.
 *
 * @example
 * ```ts
 * import express from "express";
 * import { createServer } from "portico/node-http";
 * import { mountFiles } from "portico/node-http/fs";
 *
 * mountFiles({ "/app/public/index.html": "<h1>Hello</h1>" });
 * const app = express();
 * app.use(express.static("/app/public"));
 * createServer(app).listen(8080);
 * ```
 */
export function mountFiles(record: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, content] of Object.entries(record)) {
    const bytes = typeof content === "string" ? Buffer.from(content) : toBuffer(content);
    files.set(normalize(path.startsWith("/") ? path : `/${path}`), {
      bytes,
      modified: new Date(),
      inode: files.size + 1,
    });
  }
}

type Callback<T> = (error: Error | null, value?: T) => void;

/** What `fs.stat` tells. */
export class Stats {
  readonly size: number;
  readonly mtime: Date;
  readonly ctime: Date;
  readonly mtimeMs: number;
  readonly ino: number;
  readonly mode = 0o444;
  readonly #directory: boolean;

  constructor(file: File | undefined) {
    this.#directory = file === undefined;
    this.size = file?.bytes.length ?? 0;
    this.mtime = file?.modified ?? new Date(0);
    this.ctime = this.mtime;
    this.mtimeMs = this.mtime.getTime();
    this.ino = file?.inode ?? 0;
  }

  isFile(): boolean {
    return !this.#directory;
  }

  isDirectory(): boolean {
    return this.#directory;
  }

  isSymbolicLink(): boolean {
    return false;
  }
}

/** @throws an error with the code `ENOENT` */
export function statSync(path: string): Stats {
  const file = files.get(normalize(path));
  if (file === undefined && !isDirectory(path)) throw failure("ENOENT", "stat");
  return new Stats(file);
}

/** @throws an error with the code `ENOENT` or `EISDIR` */
export function readFileSync(path: string, options?: string | { encoding?: string }): NodeBuffer | string {
  const encoding = typeof options === "string" ? options : options?.encoding;
  const { bytes } = fileAt(path, "open");
  return encoding === undefined ? bytes : bytes.toString(encoding);
}

export function existsSync(path: string): boolean {
  return files.has(normalize(path)) || isDirectory(path);
}

export const stat = later(statSync);
export { stat as lstat, statSync as lstatSync };
export const readFile = later(readFileSync);

interface ReadOptions {
  start?: number;
  /** The last byte, included. */
  end?: number;
}

/** The bytes of a file as a stream. */
export class ReadStream extends Readable {
  readonly path: string;
  readonly #start: number;
  readonly #end: number;

  constructor(path: string, { start = 0, end = Number.POSITIVE_INFINITY }: ReadOptions = {}) {
    super();
    this.path = path;
    this.#start = start;
    this.#end = end;
  }

  close(): void {
    this.destroy();
  }

  override _read(): void {
    try {
      const { bytes } = fileAt(this.path, "open");
      this.push(toBuffer(bytes.subarray(this.#start, this.#end + 1)));
      this.push(null);
    } catch (error) {
      this.destroy(error as Error);
    }
  }
}

export function createReadStream(path: string, options?: ReadOptions): NodeReadable {
  return new ReadStream(path, options);
}

export const promises = {
  stat: async (path: string) => statSync(path),
  readFile: async (path: string, options?: string | { encoding?: string }) => readFileSync(path, options),
};

/** @throws NodeHttpError */
export function writeFile(): never {
  throw missing("fs.writeFile()", "use mountFiles");
}

/** @throws NodeHttpError */
export function writeFileSync(): never {
  throw missing("fs.writeFileSync()", "use mountFiles");
}

/** @throws NodeHttpError */
export function createWriteStream(): never {
  throw missing("fs.createWriteStream()", "use mountFiles");
}

/** @throws NodeHttpError */
export function readdir(): never {
  throw missing("fs.readdir()");
}

/** @throws NodeHttpError */
export function readdirSync(): never {
  throw missing("fs.readdirSync()");
}

function later<A extends unknown[], T>(run: (...args: A) => T) {
  return (...args: [...A, Callback<T>]): void => {
    const callback = args.pop() as Callback<T>;
    queueMicrotask(() => {
      let value: T;
      try {
        value = run(...(args as unknown as A));
      } catch (error) {
        callback(error as Error);
        return;
      }
      callback(null, value);
    });
  };
}

function fileAt(path: string, call: string): File {
  const file = files.get(normalize(path));
  if (file === undefined) throw failure(isDirectory(path) ? "EISDIR" : "ENOENT", call);
  return file;
}

function isDirectory(path: string): boolean {
  const folder = `${normalize(path).replace(/\/+$/, "")}/`;
  for (const name of files.keys()) if (name.startsWith(folder)) return true;
  return false;
}

/** The path stays out of the text: it may be a peer's. */
function failure(code: "ENOENT" | "EISDIR", syscall: string): Error {
  const text = code === "ENOENT" ? "no such file or directory" : "illegal operation on a directory";
  return Object.assign(new Error(`${code}: ${text}, ${syscall}`), { code, syscall });
}
