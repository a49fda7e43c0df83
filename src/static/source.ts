/**
 * The port that files are served through. A source knows where the bytes are and nothing of HTTP; the
 * server (`serveFiles`) knows HTTP and nothing of where the bytes are.
 *
 * What a source may rely on: every element of a path is a decoded name. It is never empty, `.` or `..`,
 * has no `/`, no `\` and no control character, and is no drive or device name of Windows. What is then left
 * to the source is its own kind of way out, such as symbolic links.
 */
export interface FileSource {
  /**
   * Opens what stands at `path`, `[]` being the root. `undefined` when nothing stands there, or nothing that may be served:
   * the two are not told apart. Whatever was opened is closed by the caller, once.
   *
   * @throws whatever keeps the source from knowing, which the client sees as a 500.
   */
  open(path: readonly string[]): Awaitable<SourceFile | SourceDirectory | undefined>;
}

/** A value, or a promise of it: a source that has the answer at hand need not wait. */
export type Awaitable<T> = T | Promise<T>;

/** An opened file, as it was when it was opened. */
export interface SourceFile {
  readonly kind: "file";
  /** Bytes. */
  readonly size: number;
  /** Time of the last change, in milliseconds since the Unix epoch. Without it there is no `Last-Modified`. */
  readonly modified?: number | undefined;
  /**
   * An entity-tag as it stands in `ETag` (RFC 9110 section 8.8.3), quotes included: strong (`"5d41"`) only
   * if it changes with every change of the bytes, else weak (`W/"5d41"`). Without it there is no `ETag`.
   */
  readonly etag?: string | undefined;
  /** Media type, with its parameters. Default: told from the name. */
  readonly type?: string | undefined;
  /**
   * The bytes from `start` up to `end`, which is not included: `0 <= start < end <= size`. Either all at
   * once, which suits small pieces, or in pieces that are read as they are asked for. May be called
   * several times, one call after the other is done. A source that finds fewer bytes than it had announced has to throw.
   */
  read(start: number, end: number): Awaitable<Uint8Array | AsyncIterable<Uint8Array>>;
  /** Gives up what is held for the file, also with a `read` unfinished. Never throws. */
  close(): void;
}

/** An opened directory. */
export interface SourceDirectory {
  readonly kind: "directory";
  /** What stands in it, in any order. Names that may not be served may be among them. */
  list(): Awaitable<readonly DirectoryItem[]>;
  /** Like a file's. */
  close(): void;
}

/** One line of a directory's listing. */
export interface DirectoryItem {
  readonly name: string;
  readonly kind: "file" | "directory";
}
