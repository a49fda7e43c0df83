import fc from "fast-check";

/** A request as a test makes it, and as the octets that say so. */
export interface MadeRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  readonly trailers: readonly (readonly [string, string])[];
  readonly wire: string;
}

const token = (max: number) =>
  fc.string({
    unit: fc.constantFrom(..."abcdefghijklmnopqrstuvwxyzABCXYZ0123456789-_!#$%&'*+.^`|~"),
    minLength: 1,
    maxLength: max,
  });
/** Field values: VCHAR, obs-text and inner white space, none around it. */
const value = fc
  .string({
    unit: fc.constantFrom(..."abc XYZ\t0189!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\u00e9\u00ff"),
    maxLength: 30,
  })
  .map((text) => text.replace(/^[ \t]+|[ \t]+$/g, ""));
const space = fc.constantFrom("", " ", "  ", "\t", " \t ");
const target = fc
  .tuple(
    fc.string({ unit: fc.constantFrom(..."abcXYZ019-._~!$&'()*+,;=:@/%"), maxLength: 40 }),
    fc.option(fc.string({ unit: fc.constantFrom(..."abc=&?/;+"), maxLength: 20 }), { nil: undefined }),
  )
  .map(([path, query]) => `/${path}${query === undefined ? "" : `?${query}`}`);
const RESERVED =
  /^(host|connection|content-length|transfer-encoding|expect|upgrade|te|trailer|keep-alive|proxy-connection)$/i;
const fieldLine = fc.tuple(token(12), space, value, space).filter(([name]) => !RESERVED.test(name));

/** Any valid request that both parsers have to read alike, with the octets that it is sent as. */
export const request: fc.Arbitrary<MadeRequest> = fc
  .record({
    // Node knows a list of methods; ours takes any token.
    method: fc.constantFrom(
      "GET",
      "POST",
      "PUT",
      "DELETE",
      "OPTIONS",
      "PATCH",
      "PROPFIND",
      "M-SEARCH",
      "HEAD",
    ),
    target,
    fields: fc.array(fieldLine, { maxLength: 8 }),
    framing: fc.constantFrom("none", "length", "chunked"),
    body: fc.string({ unit: fc.constantFrom(..."abc\r\n0:;\u0000\u00ff GET"), maxLength: 60 }),
    sizes: fc.array(fc.integer({ min: 1, max: 17 }), { minLength: 1, maxLength: 8 }),
    extension: fc.constantFrom("", ";a", ";a=b", ';a="b c"', " ; a = b"),
    trailers: fc.array(fc.tuple(token(8), fc.constant(" "), value, fc.constant("")), { maxLength: 3 }),
    emptyLines: fc.integer({ min: 0, max: 2 }),
  })
  .map((made) => {
    const headers: (readonly [string, string])[] = [
      ["Host", "a.test:80"],
      ...made.fields.map(([name, , text]) => [name, text] as const),
    ];
    const lines = [
      `Host: a.test:80`,
      ...made.fields.map(([name, before, text, after]) => `${name}:${before}${text}${after}`),
    ];
    let content = "";
    if (made.framing === "length") {
      headers.push(["Content-Length", String(made.body.length)]);
      lines.push(`Content-Length: ${made.body.length}`);
      content = made.body;
    } else if (made.framing === "chunked") {
      headers.push(["Transfer-Encoding", "chunked"]);
      lines.push("Transfer-Encoding: chunked");
      content = chunks(made.body, made.sizes, made.extension);
      content += `${made.trailers
        .filter(([name]) => !RESERVED.test(name))
        .map(([name, , text]) => `${name}: ${text}\r\n`)
        .join("")}\r\n`;
    }
    return {
      method: made.method,
      target: made.target,
      headers,
      body: made.framing === "none" ? "" : made.body,
      trailers:
        made.framing === "chunked"
          ? made.trailers
              .filter(([name]) => !RESERVED.test(name))
              .map(([name, , text]) => [name, text] as const)
          : [],
      wire: `${"\r\n".repeat(made.emptyLines)}${made.method} ${made.target} HTTP/1.1\r\n${lines.map((line) => `${line}\r\n`).join("")}\r\n${content}`,
    };
  });

function chunks(body: string, sizes: readonly number[], extension: string): string {
  let text = "";
  for (let at = 0, i = 0; at < body.length; i++) {
    const piece = body.slice(at, at + sizes[i % sizes.length]!);
    text += `${piece.length.toString(16)}${extension}\r\n${piece}\r\n`;
    at += piece.length;
  }
  return `${text}0${extension}\r\n`;
}

/** Where to cut a message, as shares of its length. */
export const cuts: fc.Arbitrary<readonly number[]> = fc.oneof(
  fc.constant([]),
  fc.constant([Number.POSITIVE_INFINITY]),
  fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }),
);

/** One octet a char. */
export function octets(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** The pieces of a message: at the shares given, or octet by octet for a share of infinity. */
export function pieces(bytes: Uint8Array, shares: readonly number[]): Uint8Array[] {
  if (shares[0] === Number.POSITIVE_INFINITY) return Array.from(bytes, (octet) => Uint8Array.of(octet));
  const at = shares.map((share) => Math.floor(share * bytes.length)).sort((a, b) => a - b);
  return [...at, bytes.length].map((end, i) => bytes.slice(at[i - 1] ?? 0, end));
}

/** A change to a message that may break it. */
export const damage: fc.Arbitrary<(text: string) => string> = fc
  .record({
    at: fc.double({ min: 0, max: 0.999, noNaN: true }),
    how: fc.constantFrom("drop", "insert", "replace", "double", "cut"),
    what: fc.constantFrom(
      "\r",
      "\n",
      "\r\n",
      "\0",
      " ",
      "\t",
      ":",
      ",",
      ";",
      "0",
      "-",
      "\u0080",
      "chunked",
      "Content-Length: 1\r\n",
      "Transfer-Encoding: chunked\r\n",
      "\r\n\r\n",
    ),
    length: fc.integer({ min: 1, max: 8 }),
  })
  .map(({ at, how, what, length }) => (text: string) => {
    const i = Math.floor(at * text.length);
    switch (how) {
      case "drop":
        return text.slice(0, i) + text.slice(i + length);
      case "insert":
        return text.slice(0, i) + what + text.slice(i);
      case "replace":
        return text.slice(0, i) + what + text.slice(i + what.length);
      case "double":
        return text.slice(0, i) + text.slice(i, i + length) + text.slice(i);
      default:
        return text.slice(0, i);
    }
  });
