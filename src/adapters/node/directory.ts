/**
 * Files on a disk, for `serveFiles`.
 *
 * Strategy: open first, then ask what was opened, so that nothing can be swapped between the check and the
 * use. On Linux the kernel says where an open descriptor really is (`/proc/self/fd`), links resolved.
 * Elsewhere the path is resolved after opening and has to lead to the same inode.
 *
 * Opening and reading may wait for a disk and go through Node's thread pool; `fstat`, the look at `/proc` and
 * closing a file that was only read answer from memory, and a call into the pool costs ten times theirs.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { fileURLToPath } from "node:url";
import type { DirectoryItem, FileSource, SourceDirectory, SourceFile } from "../../static/source.ts";
import { isWindowsName } from "./windows-name.ts";

/** Options of `directory`. */
export interface DirectoryOptions {
  /**
   * `"inside"` follows symbolic links as long as they stay in the root; `"never"` finds nothing behind any.
   * Default `"inside"`.
   */
  readonly links?: "inside" | "never";
}

/**
 * A file turned out shorter than it was when it was opened. `code` is `FileTruncated`.
 *
 * @example
 * ```ts
 * import { AsyncHttpServer } from "portico";
 * import { directory, FileTruncated } from "portico/node";
 * import { serveFiles } from "portico/static";
 *
 * const server = new AsyncHttpServer({
 *   onError(error) {
 *     if (!(error instanceof FileTruncated)) console.error(error);
 *   },
 * });
 * await server.serve(8080, serveFiles(directory("."), { index: ["README.md"] }));
 * ```
 */
export class FileTruncated extends Error {
  override readonly name = "FileTruncated";
  readonly code = "FileTruncated";
}

/**
 * The files below a directory of the disk, as a `FileSource`.
 *
 * Serves regular files and directories and nothing else, and nothing outside of the root: a link out of
 * it isn't there, nor is a file that may not be read. Entity-tags are of size and time of change
 * (ctime, which nobody sets), strong but for a file that was changed this very moment.
 * A file that gets shorter while it is sent breaks the response off (`FileTruncated`).
 *
 * @param root Path or `file:` URL. Links in it are resolved once, here.
 * @throws Node's `ENOENT`, `ENOTDIR` or `EACCES` if it is no directory that can be read.
 *
 * @example
 * ```ts
 * import { mkdtemp, writeFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { AsyncHttpServer } from "portico";
 * import { directory } from "portico/node";
 * import { serveFiles } from "portico/static";
 *
 * const root = await mkdtemp(join(tmpdir(), "site-"));
 * await writeFile(join(root, "index.html"), "<h1>Hello</h1>");
 * await new AsyncHttpServer().serve(8080, serveFiles(directory(root)));
 * ```
 */
export function directory(root: string | URL, options: DirectoryOptions = {}): FileSource {
  const real = fs.realpathSync(root instanceof URL ? fileURLToPath(root) : root);
  fs.opendirSync(real).closeSync();
  return new Disk(real, options.links === "never");
}

/** Not to become anybody's terminal, and not to wait for the other end of a FIFO. */
const OPEN_FLAGS = fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0) | (fs.constants.O_NOCTTY ?? 0);

/** Nothing there, or nothing for us. Everything else (`EMFILE`, `EIO`, ...) is a failure. */
const NOT_THERE = new Set([
  "ENOENT",
  "ENOTDIR",
  "ELOOP",
  "ENAMETOOLONG",
  "EACCES",
  "EPERM",
  "ENXIO",
  "ENODEV",
  "EISDIR",
  "EINVAL",
]);

const onWindows = process.platform === "win32";
const hasProc = process.platform === "linux" && fs.existsSync("/proc/self/fd");

class Disk implements FileSource {
  readonly #root: string;
  /** What every path inside begins with. */
  readonly #inside: string;
  readonly #noLinks: boolean;

  constructor(root: string, noLinks: boolean) {
    this.#root = root;
    this.#inside = root.endsWith(path.sep) ? root : root + path.sep;
    this.#noLinks = noLinks;
  }

  async open(names: readonly string[]): Promise<SourceFile | SourceDirectory | undefined> {
    if (onWindows && !names.every(isWindowsName)) return undefined;
    const wanted = names.length === 0 ? this.#root : this.#inside + names.join(path.sep);
    const fd = await openFile(wanted);
    if (fd === undefined) return undefined;
    let kept = false;
    try {
      const stats = fs.fstatSync(fd);
      if (!stats.isFile() && !stats.isDirectory()) return undefined;
      const real = hasProc ? fs.readlinkSync(`/proc/self/fd/${fd}`) : realPathOf(wanted, stats);
      if (real === undefined || !this.#holds(real) || (this.#noLinks && real !== wanted)) return undefined;
      kept = true;
      return stats.isFile() ? new DiskFile(fd, stats) : new DiskDirectory(this, fd, names, real);
    } finally {
      if (!kept) fs.closeSync(fd);
    }
  }

  #holds(real: string): boolean {
    return real === this.#root || real.startsWith(this.#inside);
  }
}

function openFile(file: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    fs.open(file, OPEN_FLAGS, (error, fd) => {
      if (error === null) resolve(fd);
      else if (NOT_THERE.has(error.code ?? "")) resolve(undefined);
      else reject(error);
    });
  });
}

/** Where `wanted` leads, provided that it is still what was opened. */
function realPathOf(wanted: string, opened: fs.Stats): string | undefined {
  try {
    const real = fs.realpathSync.native(wanted);
    const now = fs.lstatSync(real);
    return now.ino === opened.ino && now.dev === opened.dev ? real : undefined;
  } catch {
    return undefined;
  }
}

/** Up to here a file is read in one call and sent in one write. */
const AT_ONCE_BYTES = 131_072;

/** Bytes of one read of a larger file: what a download holds in memory, twice at most. */
const PIECE_BYTES = 131_072;

/** Above the step of a kernel's file times, at most 16 ms: a later change has a later time. */
const TICK_MS = 20;

class DiskFile implements SourceFile {
  readonly kind = "file";
  readonly size: number;
  readonly modified: number;
  readonly etag: string;
  readonly #fd: number;
  #reads = 0;
  #closed = false;

  constructor(fd: number, { size, mtimeMs, ctimeMs }: fs.Stats) {
    this.#fd = fd;
    this.size = size;
    this.modified = mtimeMs;
    const weak = Date.now() - ctimeMs < TICK_MS ? "W/" : "";
    this.etag = `${weak}"${size.toString(36)}-${Math.round(ctimeMs * 1000).toString(36)}"`;
  }

  read(start: number, end: number): Promise<Uint8Array> | AsyncIterable<Uint8Array> {
    return end - start <= AT_ONCE_BYTES ? this.#readPiece(start, end - start) : this.#readPieces(start, end);
  }

  async *#readPieces(start: number, end: number): AsyncGenerator<Uint8Array> {
    for (let at = start; at < end; at += PIECE_BYTES) {
      yield await this.#readPiece(at, Math.min(PIECE_BYTES, end - at));
    }
  }

  /** Exactly `length` bytes. The buffer is new for each: whoever gets it may still be sending it. */
  #readPiece(start: number, length: number): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new TypeError("the file was closed before it was read"));
      const buffer = Buffer.allocUnsafeSlow(length);
      let filled = 0;
      this.#reads++;
      const settle = (act: () => void): void => {
        this.#reads--;
        this.#closeWhenIdle();
        act();
      };
      const next = (): void =>
        fs.read(this.#fd, buffer, filled, length - filled, start + filled, (error, count) => {
          if (error !== null) return settle(() => reject(error));
          if (count === 0)
            return settle(() => reject(new FileTruncated("the file got shorter while it was sent")));
          filled += count;
          return filled === length ? settle(() => resolve(buffer)) : next();
        });
      next();
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#closeWhenIdle();
  }

  /** Never under a read that is on its way: the number could already be another file's. */
  #closeWhenIdle(): void {
    if (this.#closed && this.#reads === 0) closeQuietly(this.#fd);
  }
}

function closeQuietly(fd: number): void {
  try {
    fs.closeSync(fd);
  } catch {
    // A file that was only read has nothing left to lose.
  }
}

class DiskDirectory implements SourceDirectory {
  readonly kind = "directory";
  readonly #disk: Disk;
  readonly #fd: number;
  readonly #names: readonly string[];
  readonly #real: string;

  constructor(disk: Disk, fd: number, names: readonly string[], real: string) {
    this.#disk = disk;
    this.#fd = fd;
    this.#names = names;
    this.#real = real;
  }

  async list(): Promise<DirectoryItem[]> {
    const place = hasProc ? `/proc/self/fd/${this.#fd}` : this.#real;
    const entries = await fs.promises.readdir(place, { withFileTypes: true });
    const items = await Promise.all(entries.map((entry) => this.#describe(entry)));
    return items.filter((item) => item !== undefined);
  }

  /** Links are listed as what they lead to, if that can be served. */
  async #describe(entry: fs.Dirent): Promise<DirectoryItem | undefined> {
    const { name } = entry;
    if (entry.isFile()) return { name, kind: "file" };
    if (entry.isDirectory()) return { name, kind: "directory" };
    if (!entry.isSymbolicLink()) return undefined;
    const target = await this.#disk.open([...this.#names, name]);
    target?.close();
    return target && { name, kind: target.kind };
  }

  close(): void {
    closeQuietly(this.#fd);
  }
}
