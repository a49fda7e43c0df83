/** `querystring`: form encoding with arrays for repeated names. */

function escaped(text: string): string {
  return encodeURIComponent(text);
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

interface ParseOptions {
  /** Pairs to read; 0 reads all. Default 1000. */
  maxKeys?: number;
  decodeURIComponent?: (text: string) => string;
}

export function parse(
  text: string,
  separator = "&",
  equals = "=",
  { maxKeys = 1000, decodeURIComponent: decode = unescaped }: ParseOptions = {},
): Record<string, string | string[]> {
  const parsed: Record<string, string | string[]> = Object.create(null);
  if (typeof text !== "string" || text === "") return parsed;
  const pairs = text.split(separator);
  for (const pair of maxKeys > 0 ? pairs.slice(0, maxKeys) : pairs) {
    if (pair === "") continue;
    const at = pair.indexOf(equals);
    const plain = (part: string) => decode(part.replaceAll("+", " "));
    const name = plain(at < 0 ? pair : pair.slice(0, at));
    const value = at < 0 ? "" : plain(pair.slice(at + equals.length));
    const before = parsed[name];
    if (before === undefined) parsed[name] = value;
    else parsed[name] = [before, value].flat();
  }
  return parsed;
}

type Value = string | number | bigint | boolean | null | undefined;

export function stringify(
  values: Readonly<Record<string, Value | readonly Value[]>>,
  separator = "&",
  equals = "=",
): string {
  const pair = (name: string, value: Value) => `${escaped(name)}${equals}${escaped(primitive(value))}`;
  return Object.entries(values ?? {})
    .flatMap(([name, value]) =>
      Array.isArray(value) ? value.map((one: Value) => pair(name, one)) : pair(name, value as Value),
    )
    .join(separator);
}

export { escaped as escape, parse as decode, stringify as encode, unescaped as unescape };

/** Node writes nothing for what is no string, number or truth value. */
function primitive(value: Value): string {
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
  return ["string", "bigint", "boolean"].includes(typeof value) ? String(value) : "";
}
