/** `message.headers`: names in lower case, values joined as Node joins them. */
export interface IncomingHeaders {
  [name: string]: string | string[] | undefined;
  "set-cookie"?: string[];
}

/** Of these the first line counts, others are dropped. */
const SINGLE = new Set(
  (
    "age authorization content-length content-type etag expires from host if-modified-since " +
    "if-unmodified-since last-modified location max-forwards proxy-authorization referer retry-after server " +
    "user-agent"
  ).split(" "),
);

/**
 * Field lines (`[name, value, name, value, ...]`) as Node's record of them: `set-cookie` is an array, lines of
 * `cookie` are joined with `"; "`, all others with `", "`, but for those of which there can be one.
 */
export function joinedHeaders(raw: readonly string[], joinDuplicates = false): IncomingHeaders {
  const headers: IncomingHeaders = {};
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase();
    const value = raw[i + 1]!;
    if (name === "set-cookie") {
      headers[name] ??= [];
      headers[name].push(value);
      continue;
    }
    const before = Object.hasOwn(headers, name) ? headers[name] : undefined;
    if (before === undefined) define(headers, name, value);
    else if (name === "cookie") headers[name] = `${before}; ${value}`;
    else if (joinDuplicates || !SINGLE.has(name)) headers[name] = `${before}, ${value}`;
  }
  return headers;
}

/** Field lines as `message.headersDistinct`: an array of values for every name, nothing joined. */
export function distinctHeaders(raw: readonly string[]): Record<string, string[]> {
  const headers: Record<string, string[]> = Object.create(null);
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase();
    headers[name] ??= [];
    headers[name].push(raw[i + 1]!);
  }
  return headers;
}

/** A field may be called `__proto__`: then it is a property like others. */
function define(headers: IncomingHeaders, name: string, value: string): void {
  if (name !== "__proto__") headers[name] = value;
  else Object.defineProperty(headers, name, { value, enumerable: true, configurable: true, writable: true });
}
