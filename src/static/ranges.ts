/**
 * `Range` and `Content-Range` for bytes, RFC 9110 section 14.
 *
 * Strategy: read the whole set first; one spec that breaks the grammar makes the field void, and the
 * answer is then the whole file. What is left is cut to the file's size and joined where ranges overlap
 * or nearly touch, so that no request gets more bytes than the file has, plus a bounded overhead.
 */

/** `end` is not included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Send these; or send the whole file as if nobody had asked; or answer 416. */
export type RangeSelection = readonly ByteRange[] | "whole" | "unsatisfiable";

/**
 * Specs in one field. Readers of PDF files ask for some dozens at a time; more is an attack (CVE-2011-3192)
 * or gains nothing over the whole file. Apache takes 200.
 */
export const MAX_RANGES = 64;

/** A gap below about the size of a part's header is cheaper sent than skipped (section 15.3.7.2). */
const WORTH_SKIPPING_BYTES = 80;

// int-range = first-pos "-" [ last-pos ]; suffix-range = "-" suffix-length
const RANGE_SPEC = /^(?:(\d+)-(\d*)|-(\d+))$/;

/**
 * Reads a `Range` field for a representation of `size` bytes.
 *
 * An empty file has no byte that a range could name. It is sent whole, as clients that put a range on
 * every request can do nothing sensible with a 416.
 */
export function selectRanges(field: string, size: number): RangeSelection {
  // ranges-specifier = range-unit "=" range-set; units are case-insensitive, unknown ones are ignored
  const specs = /^bytes=(.*)$/i.exec(field)?.[1]?.split(",");
  if (specs === undefined || size === 0) return "whole";

  const ranges: ByteRange[] = [];
  let count = 0;
  for (const element of specs) {
    const spec = trim(element);
    if (spec === "") continue; // an empty list element (section 5.6.1.2)
    const range = readSpec(spec, size);
    if (range === "invalid" || ++count > MAX_RANGES) return "whole";
    if (range !== "unsatisfiable") add(ranges, range);
  }
  if (count === 0) return "whole";
  return ranges.length === 0 ? "unsatisfiable" : ranges;
}

/** Digits beyond the precision of a number round to something beyond every size, which is all that counts. */
function readSpec(spec: string, size: number): ByteRange | "invalid" | "unsatisfiable" {
  const digits = RANGE_SPEC.exec(spec);
  if (digits === null) return "invalid";
  const [, first, last, suffix] = digits;
  if (first === undefined) {
    const length = Number(suffix);
    return length === 0 ? "unsatisfiable" : { start: Math.max(0, size - length), end: size };
  }
  const start = Number(first);
  const end = last === "" || last === undefined ? size : Number(last) + 1;
  if (end <= start && last !== "") return "invalid";
  return start >= size ? "unsatisfiable" : { start, end: Math.min(end, size) };
}

/** Adds a range in its place in the request, together with every earlier one that it touches. */
function add(ranges: ByteRange[], range: ByteRange): void {
  let { start, end } = range;
  let place = ranges.length;
  // Growing can make it touch one that it didn't before, so from the start again after each.
  for (let i = 0; i < ranges.length; i++) {
    const other = ranges[i];
    if (other === undefined || !touch(start, end, other)) continue;
    start = Math.min(start, other.start);
    end = Math.max(end, other.end);
    ranges.splice(i, 1);
    place = Math.min(place, i);
    i = -1;
  }
  ranges.splice(place, 0, { start, end });
}

function touch(start: number, end: number, other: ByteRange): boolean {
  return start - other.end < WORTH_SKIPPING_BYTES && other.start - end < WORTH_SKIPPING_BYTES;
}

/** `Content-Range` of a 206 (section 14.4). */
export function formatContentRange({ start, end }: ByteRange, size: number): string {
  return `bytes ${start}-${end - 1}/${size}`;
}

/** `Content-Range` of a 416. */
export function formatUnsatisfiedRange(size: number): string {
  return `bytes */${size}`;
}

function trim(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, "");
}
