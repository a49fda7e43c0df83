import { ProtocolError } from "../../../src/http1/errors.ts";
import type { FieldLines } from "../../../src/http1/field-lines.ts";
import { DEFAULT_LIMITS, type Limits } from "../../../src/http1/limits.ts";
import type { RequestHead } from "../../../src/http1/request-head.ts";
import { RequestReader } from "../../../src/http1/request-reader.ts";
import { cuttings, holds, same, text } from "../check.ts";
import type { Target } from "../engine.ts";
import { latin1 } from "../mutate.ts";
import { foundSeeds, octets, requestSeeds, requestWords } from "../seeds.ts";

/** A request as it was read. */
export interface Read {
  readonly method: string;
  readonly target: string;
  readonly minor: number;
  readonly keepAlive: boolean;
  readonly chunked: boolean;
  readonly fields: readonly (readonly [string, string])[];
  readonly body: string;
  readonly trailers: readonly (readonly [string, string])[];
}

/** What came of reading. */
export interface ReadAll {
  /** Those that came whole. */
  readonly requests: readonly Read[];
  readonly heads: number;
  /** The method of the one whose head was read and whose body was not. */
  readonly unfinished: string | undefined;
  readonly error: ProtocolError | undefined;
}

/** Reads everything. @throws whatever is no ProtocolError */
export function readRequests(pieces: readonly Uint8Array[], limits: Limits = DEFAULT_LIMITS): ReadAll {
  const reader = new RequestReader(limits);
  const requests: Read[] = [];
  let heads = 0;
  let head: RequestHead | undefined;
  let body = "";
  try {
    for (const piece of pieces) {
      reader.feed(piece);
      for (;;) {
        if (head === undefined) {
          head = reader.readHead();
          if (head === undefined) break;
          heads++;
          body = "";
        }
        const event = reader.readBody();
        if (event === "need-more") break;
        if (event !== "end") {
          holds("a piece of a body is empty", event.length > 0);
          body += text(event);
          continue;
        }
        requests.push(asRead(head, body, reader));
        head = undefined;
      }
    }
    return { requests, heads, unfinished: head?.method, error: undefined };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    reader.feed(latin1("GET /after HTTP/1.1\r\nHost: a\r\n\r\n"));
    holds("something is read after an error", reader.readHead() === undefined);
    return { requests, heads, unfinished: head?.method, error };
  }
}

function asRead(head: RequestHead, body: string, reader: RequestReader): Read {
  const pairs = (lines?: FieldLines) => (lines?.all ?? []).map(({ name, value }) => [name, value] as const);
  return {
    method: head.method,
    target: head.target,
    minor: head.minor,
    keepAlive: head.fields.keepAlive,
    chunked: head.framing < 0,
    fields: pairs(head.fields.lines),
    body,
    trailers: pairs(reader.trailers),
  };
}

/** The one way to write what was read. */
export function writeRequest({ method, target, minor, chunked, fields, body, trailers }: Read): Uint8Array {
  const lines = (all: Read["fields"]) => all.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const head = `${method} ${target} HTTP/1.${minor}\r\n${lines(fields)}\r\n`;
  if (!chunked) return latin1(head + body);
  const half = body.length >> 1;
  const chunks = [body.slice(0, half), body.slice(half)].filter((chunk) => chunk !== "");
  const framed = chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join("");
  return latin1(`${head}${framed}0\r\n${lines(trailers)}\r\n`);
}

/** Limits that short inputs reach. */
export const LOW: Limits = {
  ...DEFAULT_LIMITS,
  ...{
    maxRequestLineBytes: 64,
    maxHeaderLineBytes: 64,
    maxHeaderBytes: 256,
    maxHeaderCount: 8,
    maxEmptyLines: 2,
  },
  ...{ maxChunkExtensionBytes: 16, maxTrailerBytes: 64, maxTrailerCount: 2 },
};

/**
 * Requests: heads and bodies in every framing.
 *
 * 1. Nothing is thrown but a ProtocolError, and after it nothing more is read.
 * 2. Whole, octet by octet, and cut anyhow come to the same; where a limit is passed, to the same requests before it.
 * 3. There are no more heads than there are versions in the octets.
 * 4. What was read, written and read again, is itself.
 */
export function checkRequests(input: Uint8Array): void {
  const limits = input.length % 3 === 0 ? LOW : DEFAULT_LIMITS;
  const [whole, ...others] = cuttings(input).map((pieces) => readRequests(pieces, limits));
  for (const other of others) {
    same("cut otherwise, other requests", whole!.requests, other.requests);
    if (limits === DEFAULT_LIMITS) {
      same(
        "cut otherwise, another end",
        [whole!.heads, whole!.error?.code],
        [other.heads, other.error?.code],
      );
    } else {
      same("cut otherwise, an error or none", whole!.error === undefined, other.error === undefined);
    }
  }
  holds("more heads than versions", whole!.heads <= text(input).split(" HTTP/1.").length - 1);
  for (const request of whole!.requests) {
    const again = readRequests([writeRequest(request)]);
    same("written and read again, another request", [request], again.requests);
  }
}

export const request: Target = {
  name: "request",
  seeds: [...octets(requestSeeds), ...foundSeeds()],
  dictionary: requestWords,
  run: checkRequests,
};
