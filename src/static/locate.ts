/** From the path of a request to what the source has there. */
import { isCompressible, mediaType } from "./media-type.ts";
import { acceptableCodings, IDENTITY, STORED_CODINGS } from "./negotiate.ts";
import type { ServeFilesOptions } from "./options.ts";
import { formatPath, type TargetPath } from "./path.ts";
import type { FileSource, SourceDirectory, SourceFile } from "./source.ts";

/** A source, where its root is served, and how. */
export interface Site {
  readonly source: FileSource;
  /** Names of the path that the root is served at. */
  readonly mount: readonly string[];
  readonly options: Readonly<Required<ServeFilesOptions>>;
}

/** What stands at a path. `path` is below the mount. An opened file or directory is the receiver's to close. */
export type Found =
  | { readonly kind: "nothing" }
  /** A directory that was asked for without its slash: relative links in it would go wrong. */
  | { readonly kind: "moved"; readonly location: string }
  | { readonly kind: "file"; readonly file: SourceFile; readonly path: readonly string[] }
  | { readonly kind: "directory"; readonly directory: SourceDirectory; readonly path: readonly string[] };

const NOTHING: Found = { kind: "nothing" };

/** Finds what a path asks for: a file, the index of a directory, or the directory if it may be listed. */
export async function locate(site: Site, target: TargetPath & { kind: "path" }): Promise<Found> {
  const { mount, options, source } = site;
  if (!mount.every((name, i) => target.segments[i] === name)) return NOTHING;
  const path = target.segments.slice(mount.length);
  if (options.dotfiles === "hide" && isHidden(path)) return NOTHING;

  const opened = await source.open(path);
  if (opened === undefined) return NOTHING;
  if (opened.kind === "file") {
    if (!target.directory) return { kind: "file", file: opened, path };
    opened.close();
    return NOTHING;
  }
  if (!target.directory) {
    opened.close();
    return { kind: "moved", location: formatPath(target.segments, true) + target.query };
  }
  return openDirectory(site, opened, path);
}

async function openDirectory(
  site: Site,
  directory: SourceDirectory,
  path: readonly string[],
): Promise<Found> {
  let kept = false;
  try {
    for (const name of site.options.index) {
      const indexPath = [...path, name];
      const file = await site.source.open(indexPath);
      if (file?.kind === "file") return { kind: "file", file, path: indexPath };
      file?.close();
    }
    if (!site.options.listing) return NOTHING;
    kept = true;
    return { kind: "directory", directory, path };
  } finally {
    if (!kept) directory.close();
  }
}

/** Whether any name on the path is a dotfile's. `.well-known` is public by its purpose (RFC 8615). */
export function isHidden(path: readonly string[]): boolean {
  return path.some((name, i) => name.startsWith(".") && !(i === 0 && name === ".well-known"));
}

/** One of the byte sequences that a file can be sent as. */
export interface Representation {
  readonly file: SourceFile;
  readonly type: string;
  /** `Content-Encoding`, undefined for the file as it is. */
  readonly coding: string | undefined;
  /** Another request might have been given another representation: `Vary: Accept-Encoding`. */
  readonly varies: boolean;
}

/**
 * Picks the representation that the client likes best, and takes over `file`: it is closed here unless it is
 * what is returned. `undefined` when there is none that `Accept-Encoding` takes (406).
 */
export async function selectRepresentation(
  site: Site,
  file: SourceFile,
  path: readonly string[],
  acceptEncoding: string | null,
): Promise<Representation | undefined> {
  const { precompressed, charset, types } = site.options;
  const name = path[path.length - 1] ?? "";
  const type = file.type ?? mediaType(name, charset, types);
  const varies = precompressed && isCompressible(type);
  let kept = false;
  try {
    for (const coding of varies ? acceptableCodings(acceptEncoding) : [IDENTITY]) {
      if (coding === IDENTITY) {
        kept = true;
        return { file, type, coding: undefined, varies };
      }
      const suffix = STORED_CODINGS.find((stored) => stored.coding === coding)?.suffix ?? "";
      const variant = await site.source.open([...path.slice(0, -1), name + suffix]);
      if (variant?.kind === "file") return { file: variant, type, coding, varies };
      variant?.close();
    }
    return undefined;
  } finally {
    if (!kept) file.close();
  }
}
