import { existsSync, readFileSync } from "node:fs";

/** What one client sends that two parsers might read differently. */
export interface Vector {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: a\r\nX-Smuggled: yes\r\n\r\n";
const CHUNKED = "0\r\n\r\n";
const H = "Host: a\r\n";

/** A POST with these lines, and what follows its empty line. */
const post = (lines: string, rest: string, path = "/") => `POST ${path} HTTP/1.1\r\n${H}${lines}\r\n${rest}`;

/** `Transfer-Encoding` in spellings that somebody takes for chunked and somebody else does not. */
const CODINGS = [
  "Transfer-Encoding : chunked",
  "Transfer-Encoding: xchunked",
  "Transfer-Encoding: chunked, identity",
  "Transfer-Encoding: identity, chunked",
  "Transfer-Encoding: chunked, chunked",
  "Transfer-Encoding: gzip, chunked",
  "Transfer-Encoding: chunked;q=0.1",
  'Transfer-Encoding: "chunked"',
  "Transfer-Encoding:\tchunked",
  "Transfer-Encoding: \x0bchunked",
  "Transfer-Encoding: chunked\x00",
  "Transfer-Encoding: chunked\x0b",
  "Transfer-Encoding:\r\n chunked",
  "Transfer-Encoding: ,chunked",
  "Transfer-Encoding: chunked,",
  "Transfer-Encoding: ch\xfcnked",
  " Transfer-Encoding: chunked",
  "Transfer_Encoding: chunked",
  "Transfer-Encoding\x00: chunked",
  "X: y\nTransfer-Encoding: chunked",
  "X: y\rTransfer-Encoding: chunked",
  "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
  "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
  "Transfer-Encoding:\r\nTransfer-Encoding: chunked",
  "tRANSFER-eNCODING: CHUNKED",
  "Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked",
];

const LENGTHS = [
  "Content-Length: 5\r\nContent-Length: 0",
  "Content-Length: 0\r\nContent-Length: 5",
  "Content-Length: 5, 0",
  "Content-Length: 0, 5",
  "Content-Length: +5",
  "Content-Length: -5",
  "Content-Length: 0x5",
  "Content-Length: 5 ",
  "Content-Length: 5 0",
  "Content-Length: 5_0",
  "Content-Length: 005",
  "Content-Length: 5.0",
  "Content-Length: 5e0",
  "Content-Length: \x0b5",
  "Content-Length:",
  "Content-Length: ,5",
  "Content-Length : 5",
  "Content-Length: 4294967296",
  "Content-Length: 18446744073709551621",
  "Content-Length: 0\r\n 5",
  "Content_Length: 5",
  "X: y\nContent-Length: 5",
  "Connection: Content-Length\r\nContent-Length: 5",
];

/** Chunked bodies that end in one place for some and in another for others. */
const BODIES = [
  `0\r\n\r\n`,
  `5\r\nhello\r\n0\r\n\r\n`,
  `0\n\n`,
  `5\nhello\n0\n\n`,
  `5\r\nhello0\r\n\r\n`,
  `5\r\nhelloXX0\r\n\r\n`,
  `5\r\nhello\n0\r\n\r\n`,
  `5;\nhello\r\n0\r\n\r\n`,
  `5;a\nb\r\nhello\r\n0\r\n\r\n`,
  `5;a\rb\r\nhello\r\n0\r\n\r\n`,
  `5;a="\r\n"\r\nhello\r\n0\r\n\r\n`,
  `0;\n\r\n\r\n`,
  `0x5\r\nhello\r\n0\r\n\r\n`,
  `+5\r\nhello\r\n0\r\n\r\n`,
  `-1\r\nhello\r\n0\r\n\r\n`,
  ` 5\r\nhello\r\n0\r\n\r\n`,
  `5 \r\nhello\r\n0\r\n\r\n`,
  `5\t\r\nhello\r\n0\r\n\r\n`,
  `5_0\r\nhello\r\n0\r\n\r\n`,
  `00000000000000005\r\nhello\r\n0\r\n\r\n`,
  `100000005\r\nhello\r\n0\r\n\r\n`,
  `10000000000000005\r\nhello\r\n0\r\n\r\n`,
  `fffffffffffffffb\r\nhello\r\n0\r\n\r\n`,
  `\r\n5\r\nhello\r\n0\r\n\r\n`,
  `;5\r\nhello\r\n0\r\n\r\n`,
  `5\r\nhello\r\n0\r\nContent-Length: 60\r\n\r\n`,
  `5\r\nhello\r\n0\r\nTransfer-Encoding: chunked\r\nHost: b\r\n\r\n`,
  `0\r\nX: y\n\r\n`,
  `0\r\nX: y\r\rZ: w\r\n\r\n`,
  `0\r\n folded\r\n\r\n`,
  `0\r\nX\r\n\r\n`,
  `0\r\n\rX`,
];

const HEADS = [
  ...[
    `GET /a HTTP/1.1\n${"Host: a\n\n"}`,
    `GET /b HTTP/1.1\r\nHost: a\n\n`,
    `GET /c HTTP/1.1\r\nHost: a\r\n\n`,
  ],
  `GET /d HTTP/1.1\r\nHost: a\r\nX: y\r\r\n\r\n`,
  `GET /e HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n`,
  `GET /f HTTP/1.1\r\nHost: a, b\r\n\r\n`,
  `GET /g HTTP/1.1\r\nHost: a\r\n X: y\r\n\r\n`,
  `GET /h HTTP/1.1\r\n Host: a\r\n\r\n`,
  `GET /i HTTP/1.1\r\nHost : a\r\n\r\n`,
  `GET http://other/j HTTP/1.1\r\nHost: a\r\n\r\n`,
  `GET /k /l HTTP/1.1\r\nHost: a\r\n\r\n`,
  `GET /m HTTP/1.1 HTTP/1.1\r\nHost: a\r\n\r\n`,
  `GET\t/n\tHTTP/1.1\r\nHost: a\r\n\r\n`,
  `GET /o\x00 HTTP/1.1\r\nHost: a\r\n\r\n`,
  `GET /p HTTP/1.1\x0b\r\nHost: a\r\n\r\n`,
  `GET /q HTTP/1.2\r\nHost: a\r\n\r\n`,
  `GET /r HTTP/11\r\nHost: a\r\n\r\n`,
  `GET /s\r\n`,
  `GET /t HTTP/0.9\r\n\r\n`,
  `\r\n\r\nGET /u HTTP/1.1\r\nHost: a\r\n\r\n`,
  `GET /v%0d%0aX-Smuggled:%20yes HTTP/1.1\r\nHost: a\r\n\r\n`,
  `GET /w HTTP/1.1\r\nHost: a\r\nX-Proxy: forged 1 forged\r\n\r\n`,
  `GET /x HTTP/1.1\r\nHost: a\r\nConnection: X-ProxyServer, close, Host\r\n\r\n`,
  `GET /y HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n`,
  `get /z HTTP/1.1\r\nHost: a\r\n\r\n`,
];

const METHODS_WITH_BODY = ["GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND"];

const SPECIAL = [
  `POST / HTTP/1.0\r\n${H}Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n${CHUNKED}${SMUGGLED}`,
  `POST / HTTP/1.0\r\n${H}Connection: keep-alive\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n${CHUNKED}${SMUGGLED}`,
  post("Expect: 100-continue\r\nContent-Length: 5\r\n", SMUGGLED),
  post("Expect: 100-continue\r\nContent-Length: 51\r\n", SMUGGLED, "/unread"),
  post("Expect: x 100-continue\r\nContent-Length: 51\r\n", SMUGGLED, "/unread"),
  post("Content-Length: 51\r\n", SMUGGLED, "/unread"),
  post("Transfer-Encoding: chunked\r\n", `33\r\n${SMUGGLED}\r\n${CHUNKED}`, "/unread"),
  post("Content-Length: 51\r\n", SMUGGLED, "/early"),
  post("Content-Length: 5100\r\n", SMUGGLED.repeat(50), "/unread"),
  `GET /upgrade HTTP/1.1\r\n${H}Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n${SMUGGLED}`,
  `GET /upgrade HTTP/1.1\r\n${H}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 777\r\n\r\n${SMUGGLED}`,
  `POST /upgrade HTTP/1.1\r\n${H}Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 51\r\n\r\n${SMUGGLED}`,
  `HEAD / HTTP/1.1\r\n${H}\r\n${SMUGGLED}${SMUGGLED}`,
  `GET /204 HTTP/1.1\r\n${H}\r\n${SMUGGLED}`,
  `GET /304 HTTP/1.1\r\n${H}\r\n${SMUGGLED}`,
  `CONNECT a:80 HTTP/1.1\r\n${H}\r\n${SMUGGLED}`,
  `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${SMUGGLED}`,
];

/** Ambiguous framings of our own, each with a whole request where one reading has a body and another has none. */
export function ownVectors(): Vector[] {
  const texts = [
    ...CODINGS.flatMap((coding) => [
      post(`${coding}\r\n`, `${CHUNKED}${SMUGGLED}`),
      post(`${coding}\r\nContent-Length: 5\r\n`, `${CHUNKED}${SMUGGLED}`),
      post(`Content-Length: 56\r\n${coding}\r\n`, `${CHUNKED}${SMUGGLED}`),
      post(`Content-Length: 4\r\n${coding}\r\n`, `33\r\n${SMUGGLED}\r\n${CHUNKED}`),
    ]),
    ...LENGTHS.map((length) => post(`${length}\r\n`, `hello${SMUGGLED}`)),
    ...LENGTHS.map((length) => post(`${length}\r\nTransfer-Encoding: chunked\r\n`, `${CHUNKED}${SMUGGLED}`)),
    ...BODIES.map((body) => post("Transfer-Encoding: chunked\r\n", body + SMUGGLED)),
    ...BODIES.map((body) => post("Transfer-Encoding: chunked\r\n", body + SMUGGLED, "/unread")),
    ...HEADS.map((head) => head + SMUGGLED),
    ...METHODS_WITH_BODY.map((method) => `${method} / HTTP/1.1\r\n${H}Content-Length: 51\r\n\r\n${SMUGGLED}`),
    ...METHODS_WITH_BODY.map(
      (method) =>
        `${method} / HTTP/1.1\r\n${H}Transfer-Encoding: chunked\r\n\r\n33\r\n${SMUGGLED}\r\n${CHUNKED}`,
    ),
    ...SPECIAL,
  ];
  return texts.map((text) => ({ name: JSON.stringify(text.slice(0, 120)), bytes: latin1(text) }));
}

/** Every request of other projects' tests, where they are at hand. */
export function foundVectors(): Vector[] {
  const corpus = new URL("../../../shared/conformance/corpus.json", import.meta.url);
  if (!existsSync(corpus)) return [];
  const cases = JSON.parse(readFileSync(corpus, "utf8")) as { id: string; raw?: string }[];
  return cases.flatMap(({ id, raw }) =>
    raw === undefined ? [] : [{ name: id, bytes: new Uint8Array(Buffer.from(raw, "base64")) }],
  );
}

const latin1 = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));
