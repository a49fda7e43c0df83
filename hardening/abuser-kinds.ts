/** What hostile peers do, as a table. */

export interface AbuserSettings {
  readonly port: number;
  /** Of each kind. */
  readonly count: number;
  readonly kinds: readonly AbuserKind[];
  /** New connections, of all kinds together. */
  readonly perSecond: number;
  /** Where they come from: `127.0.0.N`. */
  readonly from: number;
}

/** What became of one kind. */
export interface KindReport {
  connected: number;
  /** Milliseconds from being connected to being gone, of the one that stayed longest. */
  longestMs: number;
  /** How many got which status as their last. */
  readonly statuses: Record<string, number>;
  sentBytes: number;
}

export type AbuserReport = Record<AbuserKind, KindReport>;

export interface Kind {
  /** What is sent first. */
  readonly start: string;
  /** What is sent again and again: `everyMs` apart, or without a pause as long as the server takes it. */
  readonly again?: string;
  readonly everyMs?: number;
  /** Whether it takes what is answered. Default true. */
  readonly reads?: boolean;
}

const chunkedUpload = "POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
const aLot = 4096;

export const kinds = {
  "slow header": { start: "GET / HTTP/1.1\r\nHost: a\r\n", again: "X-Field: value\r\n", everyMs: 3000 },
  "slow body": {
    start: "POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n",
    again: "x".repeat(100),
    everyMs: 3000,
  },
  "slow reader": { start: "GET /stream?chunks=100000 HTTP/1.1\r\nHost: a\r\n\r\n", reads: false },
  idle: { start: "GET / HTTP/1.1\r\nHost: a\r\n\r\n" },
  "never a byte": { start: "" },
  "one byte a second": { start: "G", again: "E", everyMs: 1000 },
  "endless header": { start: "GET / HTTP/1.1\r\nHost: a\r\n", again: "X-Field: value\r\n".repeat(aLot / 16) },
  "endless chunk extension": { start: `${chunkedUpload}1;`, again: "x".repeat(aLot) },
  "endless trailers": { start: `${chunkedUpload}0\r\n`, again: "X-Field: value\r\n".repeat(aLot / 16) },
  "endless tiny chunks": { start: chunkedUpload, again: "1\r\nx\r\n".repeat(100), everyMs: 1000 },
  "pipelining without reading": {
    start: "",
    again: "GET /large?bytes=100000 HTTP/1.1\r\nHost: a\r\n\r\n".repeat(20),
    everyMs: 1000,
    reads: false,
  },
} as const satisfies Record<string, Kind>;

export type AbuserKind = keyof typeof kinds;
export const kindNames = Object.keys(kinds) as AbuserKind[];
