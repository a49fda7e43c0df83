/** A content coding that can be made here, and what `CompressionStream` calls it. */
export type ContentCoding = "br" | "gzip" | "deflate";

// Newer than TypeScript's CompressionFormat.
const FORMATS = { br: "brotli", gzip: "gzip", deflate: "deflate" } as const;

/**
 * A stream that compresses, undefined where the platform lacks the format. Which of them it has is found out by
 * asking, once: browsers and Node know gzip and deflate, the newest of them Brotli.
 */
function compressor(coding: ContentCoding): CompressionStream | undefined {
  try {
    return new CompressionStream(FORMATS[coding] as CompressionFormat);
  } catch {
    return undefined;
  }
}

let supported: readonly ContentCoding[] | undefined;

/** In order of preference: smallest first. */
export function supportedCodings(): readonly ContentCoding[] {
  supported ??= (["br", "gzip", "deflate"] as const).filter((coding) => compressor(coding) !== undefined);
  return supported;
}

/** @throws TypeError for a coding that the platform lacks */
export function compressionStream(coding: ContentCoding): CompressionStream {
  return new CompressionStream(FORMATS[coding] as CompressionFormat);
}
