import { joined } from "./bytes.ts";

/**
 * A body without the content codings that the platform knows, as far as it goes; as it is where it can't be decoded.
 *
 * @param most bytes that it may unpack to: a small body could hold a huge one
 * @returns `cut` where there would be more, or the coding is damaged
 */
export async function decoded(
  bytes: Uint8Array,
  coding: string | null,
  most: number,
): Promise<{ readonly bytes: Uint8Array; readonly cut: boolean }> {
  const format = coding?.trim().toLowerCase().replace(/^x-/, "");
  if (format !== "gzip" && format !== "deflate") return { bytes, cut: false };
  const stream = new Blob([bytes.slice()]).stream().pipeThrough(new DecompressionStream(format));
  const reader = stream.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      parts.push(read.value);
      length += read.value.length;
      if (length <= most) continue;
      reader.cancel().catch(() => {});
      return { bytes: joined(parts, most), cut: true };
    }
    return { bytes: joined(parts), cut: false };
  } catch {
    return length === 0 ? { bytes, cut: false } : { bytes: joined(parts), cut: true };
  }
}
