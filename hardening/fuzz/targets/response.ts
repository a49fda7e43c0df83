import { ProtocolError } from "../../../src/http1/errors.ts";
import { CHUNKED } from "../../../src/http1/framing.ts";
import { DEFAULT_LIMITS } from "../../../src/http1/limits.ts";
import { type ResponseHead, ResponseReader } from "../../../src/http1/response-reader.ts";
import { cuttings, holds, same, text } from "../check.ts";
import type { Target } from "../engine.ts";
import { latin1 } from "../mutate.ts";
import { octets, responseSeeds, responseWords } from "../seeds.ts";

/** A response as it was read. */
export interface ReadResponse {
  readonly status: number;
  readonly reason: string;
  readonly minor: number;
  readonly keepAlive: boolean;
  readonly framing: number;
  readonly fields: readonly (readonly [string, string])[];
  readonly body: string;
  readonly trailers: readonly (readonly [string, string])[];
}

/** What came of reading. */
export interface ReadResponses {
  readonly responses: readonly ReadResponse[];
  readonly heads: number;
  /** Whether the connection's end was that of a message. */
  readonly whole: boolean;
  readonly error: string | undefined;
}

/** Reads what answers the methods in order (the last one stands for all that follow), to the connection's end. */
export function readResponses(pieces: readonly Uint8Array[], methods: readonly string[]): ReadResponses {
  const reader = new ResponseReader(DEFAULT_LIMITS);
  const responses: ReadResponse[] = [];
  let heads = 0;
  let final = 0;
  let head: ResponseHead | undefined;
  let body = "";
  const ended = () => {
    if (head === undefined) return;
    responses.push(asRead(head, body, reader));
    if (head.status >= 200) final++;
    head = undefined;
  };
  try {
    for (const piece of pieces) {
      reader.feed(piece);
      for (;;) {
        if (head === undefined) {
          head = reader.readHead(methods[Math.min(final, methods.length - 1)] ?? "GET");
          if (head === undefined) break;
          heads++;
          body = "";
        }
        const event = reader.readBody();
        if (event === "need-more") break;
        if (event === "end") ended();
        else body += text(event);
      }
    }
    const whole = reader.finish();
    if (whole) ended();
    return { responses, heads, whole, error: undefined };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    holds("the end of a broken connection is that of a message", !reader.finish());
    return { responses, heads, whole: false, error: error.code };
  }
}

function asRead(head: ResponseHead, body: string, reader: ResponseReader): ReadResponse {
  const { status, reason, minor, keepAlive, framing } = head;
  return {
    ...{ status, reason, minor, keepAlive, framing },
    fields: [...head.headers.lines()],
    body,
    trailers: (reader.trailers?.all ?? []).map(({ name, value }) => [name, value] as const),
  };
}

function writeResponse({ status, reason, minor, framing, fields, body, trailers }: ReadResponse): Uint8Array {
  const lines = (all: ReadResponse["fields"]) => all.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const head = `HTTP/1.${minor} ${status} ${reason}\r\n${lines(fields)}\r\n`;
  if (framing !== CHUNKED) return latin1(head + body);
  const chunk = body === "" ? "" : `${body.length.toString(16)}\r\n${body}\r\n`;
  return latin1(`${head}${chunk}0\r\n${lines(trailers)}\r\n`);
}

const METHODS = ["GET", "HEAD", "CONNECT", "POST"];

/**
 * Responses, as a client reads them; the first octet chooses the request's method.
 *
 * 1. Nothing is thrown but a ProtocolError, and after it the connection's end is no message's.
 * 2. Whole, octet by octet, and cut anyhow come to the same.
 * 3. What was read, written and read again, is itself.
 */
export const response: Target = {
  name: "response",
  seeds: octets(responseSeeds).flatMap((seed) => [0, 1, 2].map((method) => Uint8Array.of(method, ...seed))),
  dictionary: responseWords,
  run(input) {
    const methods = [METHODS[(input[0] ?? 0) % METHODS.length]!];
    const [whole, ...others] = cuttings(input.subarray(1)).map((pieces) => readResponses(pieces, methods));
    for (const other of others) same("cut otherwise, something else", whole, other);
    for (const read of whole!.responses) {
      const again = readResponses([writeResponse(read)], methods);
      same("written and read again, another response", [read], again.responses);
    }
  },
};
