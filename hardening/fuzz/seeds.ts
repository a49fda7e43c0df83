import { existsSync, readFileSync } from "node:fs";
import { latin1 } from "./mutate.ts";

/** Requests that reach different places of a parser, one octet a character. */
export const requestSeeds: readonly string[] = [
  "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
  "\r\n\r\nGET /x?y=1 HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n",
  "POST / HTTP/1.1\r\nHost: a:80\r\nContent-Length: 5\r\n\r\nhelloGET / HTTP/1.1\r\nHost: b\r\n\r\n",
  "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\nContent-Length: 5\r\n\r\nhello",
  'PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b;c="d\\""\r\nhello\r\n0\r\nX: y\r\n\r\n',
  "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
  "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  "GET http://user.test:81/path HTTP/1.1\r\nHost: [::1]:80\r\n\r\n",
  "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n",
  "OPTIONS * HTTP/1.1\r\nHost: \r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
  "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nok",
  "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
  "GET / HTTP/1.1\r\nHost: a\r\nA:\t b \t\r\nB: \x80\xff\r\n C: folded\r\n\r\n",
  `GET / HTTP/1.1\r\nHost: a\r\n${"X: y\r\n".repeat(40)}\r\n`,
];

export const requestWords: readonly string[] = [
  ...["\r\n", "\r\n\r\n", "\n", "\r", " ", "\t", "\0", ":", ",", ";", "=", '"', "\\"],
  ...[
    "GET ",
    "POST ",
    "HEAD ",
    "CONNECT ",
    " HTTP/1.1",
    " HTTP/1.0",
    " HTTP/1.9",
    "http://",
    "*",
    "[::1]",
    "%00",
  ],
  ...[
    "Host: a\r\n",
    "Content-Length: 5\r\n",
    "Content-Length: ",
    "Transfer-Encoding: chunked\r\n",
    "Transfer-Encoding: ",
  ],
  ...[
    "chunked",
    "gzip",
    "identity",
    "Connection: close\r\n",
    "Connection: keep-alive\r\n",
    "Expect: 100-continue\r\n",
  ],
  ...[
    "0\r\n\r\n",
    "1\r\na\r\n",
    "ffffffffffffffff\r\n",
    "Trailer: x\r\n",
    "+1",
    "-1",
    "0x5",
    "1e3",
    "18446744073709551621",
  ],
];

export const chunkedSeeds: readonly string[] = [
  "5\r\nhello\r\n0\r\n\r\n",
  "1\r\na\r\n2\r\nbc\r\n0\r\nX: y\r\nZ:\r\n\r\n",
  '3;a\r\nabc\r\nA ; b = "c\\"d" ;e=f\r\n0123456789\r\n000\r\n\r\n',
  "1fffffffffffff\r\n",
  "0;last\r\nA: b\r\n\r\nGET / HTTP/1.1\r\n",
];

export const responseSeeds: readonly string[] = [
  "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
  "HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX: y\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
  "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\nuntil the close",
  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: <a>\r\n\r\nHTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nraw",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nx",
  "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
];

export const responseWords: readonly string[] = [
  ...["\r\n", "\r\n\r\n", "\n", " ", "\t", "\0", ":", ","],
  ...[
    "HTTP/1.1 200 OK\r\n",
    "HTTP/1.1 100 \r\n\r\n",
    "HTTP/1.0 ",
    "HTTP/1.1 204 \r\n",
    "HTTP/1.1 304 \r\n",
    "HTTP/1.1 ",
  ],
  ...[
    "Content-Length: ",
    "Content-Length: 1\r\n",
    "Transfer-Encoding: chunked\r\n",
    "chunked",
    "Connection: close\r\n",
  ],
  ...["0\r\n\r\n", "1\r\na\r\n", "101", "999", "099"],
];

/** The frames of RFC 6455 section 5.7 and others, behind the octet that says how they are read. */
export const webSocketSeeds: readonly Uint8Array[] = [
  "81 85 37 fa 21 3d 7f 9f 4d 51 58",
  "01 83 37 fa 21 3d 7f 9f 4d 80 82 3d 21 fa 37 51 4e",
  "89 80 00 00 00 00 8a 81 01 02 03 04 05 88 82 00 00 00 00 03 e8",
  "82 fe 00 7e 00 00 00 00".concat(" 61".repeat(126)),
  "c1 87 00 00 00 00 f2 48 cd c9 c9 07 00",
  "88 85 00 00 00 00 03 e9 62 79 65",
  "81 05 48 65 6c 6c 6f 01 03 48 65 6c 89 01 78 80 02 6c 6f",
  "c1 07 f2 48 cd c9 c9 07 00 c1 05 f2 00 11 00 00",
].flatMap((hex) => {
  const frames = hex.split(" ").map((octet) => Number.parseInt(octet, 16));
  return [0, 1, 2, 3].map((how) => Uint8Array.of(how, ...frames));
});

export const webSocketWords: readonly string[] = [
  ...["\x81", "\x01", "\x80", "\x00", "\x82", "\x88", "\x89", "\x8a", "\xc1", "\x41"],
  ...[
    "\x80\0\0\0\0",
    "\x81\0\0\0\0",
    "\x85\0\0\0\0",
    "\xfe\x00\x7e\0\0\0\0",
    "\xff\0\0\0\0\0\x01\0\0\0\0\0\0",
  ],
  ...[
    "\x7e\x00\x7e",
    "\x7f\0\0\0\0\0\x01\0\0",
    "\x03\xe8",
    "\x03\xed",
    "\xf2\x48\xcd\xc9\xc9\x07\x00",
    "\xf2\x00\x11\x00\x00",
  ],
  ...["\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc0\x80", "\xe2\x82", "\x00\x00\xff\xff"],
];

/** Requests of other projects' tests, where they are at hand. */
export function foundSeeds(): Uint8Array[] {
  const corpus = new URL("../../../shared/conformance/corpus.json", import.meta.url);
  if (!existsSync(corpus)) return [];
  const cases = JSON.parse(readFileSync(corpus, "utf8")) as { raw?: string; rawGen?: unknown }[];
  return cases.flatMap(({ raw }) => (raw === undefined ? [] : [new Uint8Array(Buffer.from(raw, "base64"))]));
}

export const octets = (texts: readonly string[]): Uint8Array[] => texts.map(latin1);
