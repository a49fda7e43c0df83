import { expect, test } from "vitest";
import { causeOf, wireStage } from "../testing/client-stage.ts";
import fc from "../testing/fast-check.ts";
import { headersOf, trailersOf } from "./response-facts.ts";

const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/);
const value = fc.stringMatching(/^([!-~]([ -~]{0,20}[!-~])?)?$/);
const RESERVED =
  /^(content-length|transfer-encoding|connection|keep-alive|location|set-cookie|content-encoding|trailer)$/i;
const fields = fc.array(
  fc.tuple(
    token.filter((name) => !RESERVED.test(name)),
    value,
  ),
  { maxLength: 6 },
);
const content = fc.uint8Array({ maxLength: 400 });

type Framing = "length" | "chunked" | "close";

interface Case {
  readonly status: number;
  readonly reason: string;
  readonly headers: [string, string][];
  readonly trailers: [string, string][];
  readonly body: Uint8Array;
  readonly framing: Framing;
  readonly chunkSize: number;
  readonly interim: number;
}

const cases: fc.Arbitrary<Case> = fc.record({
  status: fc.integer({ min: 200, max: 599 }).filter((status) => ![204, 205, 304].includes(status)),
  reason: value,
  headers: fields,
  trailers: fields,
  body: content,
  framing: fc.constantFrom<Framing>("length", "chunked", "close"),
  chunkSize: fc.integer({ min: 1, max: 100 }),
  interim: fc.integer({ min: 0, max: 3 }),
});

const section = (lines: readonly [string, string][]) =>
  lines.map(([name, text]) => `${name}: ${text}\r\n`).join("");
const latin1 = (bytes: Uint8Array) => String.fromCharCode(...bytes);
const octets = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));

/** The response as a server writes it. */
function written({ status, reason, headers, trailers, body, framing, chunkSize, interim }: Case): Uint8Array {
  let text = "HTTP/1.1 102 Processing\r\nX: y\r\n\r\n".repeat(interim);
  text += `HTTP/1.1 ${status} ${reason}\r\n${section(headers)}`;
  if (framing === "length") return octets(`${text}Content-Length: ${body.length}\r\n\r\n${latin1(body)}`);
  if (framing === "close") return octets(`${text}\r\n${latin1(body)}`);
  text += "Transfer-Encoding: chunked\r\n\r\n";
  for (let at = 0; at < body.length; at += chunkSize) {
    const chunk = body.subarray(at, at + chunkSize);
    text += `${chunk.length.toString(16)};a="b"\r\n${latin1(chunk)}\r\n`;
  }
  return octets(`${text}0\r\n${section(trailers)}\r\n`);
}

/** Offsets at which a sequence is cut, from fractions of its length. */
const cuts = (length: number, at: readonly number[]) =>
  [...new Set(at.map((part) => Math.floor(part * length)))].sort((a, b) => a - b);

const fractions = fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), { maxLength: 8 });

test("any response in any fragments is what was written", async () => {
  await fc.assert(
    fc.asyncProperty(cases, fractions, async (response, at) => {
      const { server, fetch, url } = await wireStage();
      const answer = fetch(url, { redirect: "manual" });
      const { wire } = await server.request();
      const bytes = written(response);
      const sending = wire.send(bytes, cuts(bytes.length, at)).then(() => {
        if (response.framing === "close") wire.end();
      });
      const got = await answer;
      expect([got.status, got.statusText]).toEqual([response.status, response.reason]);
      expect(new Uint8Array(await got.arrayBuffer())).toEqual(response.body);
      expect([...headersOf(got).lines()].slice(0, response.headers.length)).toEqual(response.headers);
      const trailers = response.framing === "chunked" ? response.trailers : [];
      expect([...(await trailersOf(got)).lines()]).toEqual(trailers);
      await sending;
      wire.destroy();
    }),
    { numRuns: 150 },
  );
});

test("any response that is cut anywhere is an error, never a shorter response", async () => {
  const framed = cases.filter(({ framing }) => framing !== "close");
  await fc.assert(
    fc.asyncProperty(
      framed,
      fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      async (response, at) => {
        const { server, fetch, url } = await wireStage();
        const body = fetch(url, { redirect: "manual" }).then((answer) => answer.arrayBuffer());
        body.catch(() => {});
        const bytes = written(response);
        await server.answer(bytes.subarray(0, Math.floor(at * bytes.length)), true);
        expect(await causeOf(body)).toBe("IncompleteMessage");
      },
    ),
    { numRuns: 150 },
  );
});
