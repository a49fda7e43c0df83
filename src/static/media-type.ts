/** Media types by file name, RFC 9110 section 8.3. The table is `mrmime`'s. */
import { lookup } from "mrmime";

const UNKNOWN = "application/octet-stream";

/**
 * The media type that a name stands for.
 *
 * @param charset Added to `text/*`, whose encoding a browser would otherwise guess.
 * @param extra Types by extension, without the dot and in lower case; they win over the table.
 */
export function mediaType(name: string, charset: string | null, extra?: Record<string, string>): string {
  const extension = extensionOf(name);
  if (extension === undefined) return UNKNOWN;
  if (extra !== undefined && Object.hasOwn(extra, extension)) return extra[extension] ?? UNKNOWN;
  const type: unknown = lookup(extension);
  // The table is a plain object, so that `constructor` and the like are in it.
  if (typeof type !== "string") return UNKNOWN;
  return charset !== null && type.startsWith("text/") ? `${type}; charset=${charset}` : type;
}

/** A leading dot makes a hidden file, not an extension. */
function extensionOf(name: string): string | undefined {
  const dot = name.lastIndexOf(".");
  return dot > 0 && dot < name.length - 1 ? name.slice(dot + 1).toLowerCase() : undefined;
}

/** Formats that hold compressed data already: nobody stores a compressed neighbour of one. */
const COMPRESSED =
  /^(?:image\/(?!svg|bmp|x-icon|vnd\.microsoft)|video\/|audio\/|font\/woff|application\/(?:zip|gzip|zstd|x-7z|x-bzip|x-rar|vnd\.rar|java-archive|vnd\.openxml|vnd\.oasis|epub))/;

/** Whether a file of that type may have a smaller neighbour that is worth looking for. */
export function isCompressible(type: string): boolean {
  return !COMPRESSED.test(type);
}
