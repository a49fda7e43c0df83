import { ProtocolError } from "../errors.ts";
import { HttpHeaders } from "../headers.ts";
import { DEFAULT_LIMITS, type Limits } from "../limits.ts";
import { type KnownHeads, RequestReader } from "../request-reader.ts";

/** A request as the reader gave it. */
export interface ReadRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: [string, string][];
  readonly body: string;
  readonly trailers: [string, string][];
}

/** What came of reading: whole requests, and how it ended. */
export interface ReadResult {
  readonly requests: ReadRequest[];
  readonly heads: number;
  readonly error: string | undefined;
}

/** Reads everything that comes, as a server does that takes every body. Any error but a ProtocolError is thrown. */
export function readAll(
  chunks: readonly Uint8Array[],
  limits: Limits = DEFAULT_LIMITS,
  heads?: KnownHeads,
): ReadResult {
  return readWith(new RequestReader(limits, heads), chunks);
}

function readWith(reader: RequestReader, chunks: readonly Uint8Array[]): ReadResult {
  const requests: ReadRequest[] = [];
  let heads = 0;
  let open: { head: NonNullable<ReturnType<RequestReader["readHead"]>>; body: string } | undefined;
  try {
    for (const chunk of chunks) {
      reader.feed(chunk);
      for (;;) {
        if (open === undefined) {
          const head = reader.readHead();
          if (head === undefined) break;
          heads++;
          open = { head, body: "" };
        }
        const event = reader.readBody();
        if (event === "need-more") break;
        if (event !== "end") {
          open.body += Array.from(event, (octet) => String.fromCharCode(octet)).join("");
          continue;
        }
        const trailers = [...HttpHeaders.fromLines(reader.trailers).lines()];
        const { head, body } = open;
        requests.push({
          method: head.method,
          target: head.target,
          headers: [...HttpHeaders.fromLines(head.fields.lines).lines()],
          body,
          trailers,
        });
        open = undefined;
      }
    }
    return { requests, heads, error: undefined };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { requests, heads, error: error.code };
  }
}
