import { InvalidHeader } from "../../../src/http1/errors.ts";
import { ResponseHeadWriter, trailerSection } from "../../../src/http1/response-writer.ts";
import { holds, same, text } from "../check.ts";
import type { Target } from "../engine.ts";
import { latin1 } from "../mutate.ts";
import { octets } from "../seeds.ts";
import { readResponses } from "./response.ts";

const writer = new ResponseHeadWriter();

/** Fields that the writer hears and does not copy. */
const OWN = new Set(["connection", "content-length", "transfer-encoding", "date"]);

/** @returns what was written, or `undefined` where it was refused */
function attempt<T>(write: () => T): T | undefined {
  try {
    return write();
  } catch (error) {
    if (error instanceof InvalidHeader) return undefined;
    throw error;
  }
}

const wire = (written: string | Uint8Array) => (typeof written === "string" ? latin1(written) : written);

/**
 * Header and trailer injection: names and values that a program takes from anywhere. The input is the status, and
 * `name|value|name|value`, half of the time as trailers; `~` stands for U+0100 more than the character behind it.
 *
 * 1. Nothing is thrown but InvalidHeader.
 * 2. What is written is read as one response with these fields, no more and no other.
 */
export const writing: Target = {
  name: "writer",
  seeds: octets([
    "\x00X-A|b|Set-Cookie|a=1",
    "\x01X|a\r\nInjected: y|Z|",
    "\x02Content-Length|5|Connection|close, x|Transfer-Encoding|chunked",
    "\x03X|y|Date|now|Content-Type|text/plain",
    "\x00Name|\t v \x80\xff",
    "\x01N~m|~\r~\n",
  ]),
  dictionary: [
    "|",
    "\r\n",
    "\n",
    "\r",
    "\0",
    ": ",
    "~\r",
    "~\n",
    "Content-Length|",
    "Connection|",
    "Date|",
    "close",
    "Host|",
  ],
  run(input) {
    const first = input[0] ?? 0;
    const given = text(input.subarray(1)).replace(/~(.)/gs, (_, char: string) =>
      String.fromCharCode(256 + char.charCodeAt(0)),
    );
    const parts = given.split("|");
    const fields = Array.from(
      { length: Math.min(parts.length >> 1, 50) }, // what the reader takes of trailers
      (_, i) => [parts[2 * i]!, parts[2 * i + 1]!] as const,
    );
    if ((first & 1) === 0) checkHead(200 + (first >> 1), fields);
    else checkTrailers(fields);
  },
};

type Fields = readonly (readonly [string, string])[];

function checkHead(code: number, fields: Fields): void {
  const head = attempt(() => {
    writer.begin(
      code,
      fields.map(([name, value]) => [name, value] as [string, string]),
    );
    return writer.end(2, "Date: x\r\n", "");
  });
  if (head === undefined) return;
  const bytes = wire(head);
  const sent = new Uint8Array(bytes.length + 2);
  sent.set(bytes);
  sent.set(latin1("ok"), bytes.length);
  const method = code === 204 || code === 304 ? "HEAD" : "GET";
  const { responses, error } = readResponses([sent], [method]);
  same("not one response", [1, undefined], [responses.length, error]);
  const [response] = responses;
  same("another status", code, response!.status);
  same("other fields", expected(fields), kept(response!.fields));
  holds("another body", method === "HEAD" || response!.body === "ok");
}

function checkTrailers(fields: Fields): void {
  const section = attempt(() =>
    trailerSection(fields.map(([name, value]) => [name, value] as [string, string])),
  );
  if (section === undefined) return;
  const head = latin1("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n");
  const rest = wire(section);
  const sent = new Uint8Array(head.length + rest.length);
  sent.set(head);
  sent.set(rest, head.length);
  const { responses, error } = readResponses([sent], ["GET"]);
  same("not one response", [1, undefined], [responses.length, error]);
  same("other trailers", expected(fields), kept(responses[0]!.trailers));
}

const expected = (fields: Fields) =>
  kept(fields.map(([name, value]) => [name, value.replace(/^[\t ]+|[\t ]+$/g, "")]));
const kept = (fields: Fields) => fields.filter(([name]) => !OWN.has(name.toLowerCase()));
