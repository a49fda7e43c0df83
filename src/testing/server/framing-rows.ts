import { chunked, get, head, post } from "./stage.ts";

/** One message in, by RFC 9112 section: what is answered, whatever way it is cut. */
export interface WireCase {
  readonly name: string;
  readonly send: string;
  readonly status: number;
  /** The echo of the body. */
  readonly echoes?: string;
}

export const H = "Host: a";

/** Messages that are taken. */
export const TAKEN: readonly WireCase[] = [
  { name: "2.2 empty lines before the request line are skipped (#3)", send: `\r\n\r\n${get()}`, status: 200 },
  { name: "3.1 any token is a method", send: head("B-R.E_W!~ / HTTP/1.1", H), status: 200 },
  { name: "3.2.2 absolute-form is taken (#10)", send: head("GET http://a/x HTTP/1.1", H), status: 200 },
  {
    name: "3.2.4 asterisk-form is taken with OPTIONS (#12)",
    send: head("OPTIONS * HTTP/1.1", H),
    status: 200,
  },
  {
    name: "9110 6.2 a higher minor version is served as 1.1 (#14)",
    send: head("GET / HTTP/1.2", H),
    status: 200,
  },
  { name: "5.1 an empty field value is one", send: get("/", "X:"), status: 200 },
  {
    name: "9110 5.5 white space around a value is not part of it (#18)",
    send: get("/", "X: \t a \t "),
    status: 200,
  },
  {
    name: "9110 5.6.1 empty list elements are ignored (#22)",
    send: get("/", "Connection: , keep-alive ,,"),
    status: 200,
  },
  {
    name: "6.3 a request without a length has no body",
    send: head("POST / HTTP/1.1", H),
    status: 200,
    echoes: "",
  },
  { name: "6.2 Content-Length delimits the body (#25)", send: post("hello"), status: 200, echoes: "hello" },
  {
    name: "9110 8.6 leading zeros in a length mean nothing",
    send: `${head("POST / HTTP/1.1", H, "Content-Length: 0003")}abc`,
    status: 200,
    echoes: "abc",
  },
  {
    name: "7.1 chunks are put together (#25)",
    send: chunked("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"),
    status: 200,
    echoes: "abcde",
  },
  {
    name: "7.1 chunk sizes are hexadecimal in either case",
    send: chunked(`a\r\n${"x".repeat(10)}\r\nB\r\n${"y".repeat(11)}\r\n0\r\n\r\n`),
    status: 200,
    echoes: "xxxxxxxxxxyyyyyyyyyyy",
  },
  {
    name: "7.1.1 unknown chunk extensions are ignored, with quoted pairs (#24, #33)",
    send: chunked('3;a=b;c="d\\"e" ; f\r\nabc\r\n0;last\r\n\r\n').replace(" ; f", ";f"),
    status: 200,
    echoes: "abc",
  },
  {
    name: "7.1.1 white space in an extension is dropped (#23)",
    send: chunked("3 ; a = b\r\nabc\r\n0\r\n\r\n"),
    status: 200,
    echoes: "abc",
  },
  {
    name: "7.1.2 trailers are not headers (#34)",
    send: chunked("1\r\na\r\n0\r\nContent-Length: 7\r\nX: y\r\n\r\n"),
    status: 200,
    echoes: "a",
  },
  {
    name: "7.1 a chunked body comes with any method",
    send: `${head("GET / HTTP/1.1", H, "Transfer-Encoding: Chunked")}1\r\na\r\n0\r\n\r\n`,
    status: 200,
    echoes: "a",
  },
  {
    name: "9110 8.6 a body comes with any method",
    send: `${head("DELETE / HTTP/1.1", H, "Content-Length: 2")}hi`,
    status: 200,
    echoes: "hi",
  },
  { name: "2.3 HTTP/1.0 needs no Host", send: head("GET / HTTP/1.0"), status: 200 },
];

/** Messages that are refused with one answer, after which the connection is closed and nothing is read. */
export const REFUSED: readonly WireCase[] = [
  { name: "2.2 a bare CR in a value (#2, #19)", send: get("/", "X: a\rb"), status: 400 },
  { name: "2.2 a bare LF at the end of a line", send: "GET / HTTP/1.1\nHost: a\n\n", status: 400 },
  {
    name: "2.2 white space before the first field line (#4)",
    send: head("GET / HTTP/1.1", " X: y", H),
    status: 400,
  },
  { name: "3 two spaces in the request line (#8)", send: head("GET  / HTTP/1.1", H), status: 400 },
  { name: "3 a request line of two parts (#5)", send: head("GET /", H), status: 400 },
  { name: "3 an octet in the method that is no tchar", send: head("G@T / HTTP/1.1", H), status: 400 },
  { name: "3.2 a control character in the target", send: head("GET /\u0007 HTTP/1.1", H), status: 400 },
  { name: "3.2 a fragment in the target", send: head("GET /a#b HTTP/1.1", H), status: 400 },
  { name: "3.2 a target that is neither path nor URI", send: head("GET a HTTP/1.1", H), status: 400 },
  { name: "3.2.4 an asterisk with GET", send: head("GET * HTTP/1.1", H), status: 400 },
  { name: "9110 9.3.6 CONNECT without a port (#13)", send: head("CONNECT a HTTP/1.1", H), status: 400 },
  { name: "9110 9.3.6 CONNECT with an empty port (#13)", send: head("CONNECT a: HTTP/1.1", H), status: 400 },
  { name: "2.3 a version that is none", send: head("GET / HTTP/1.x", H), status: 400 },
  { name: "2.3 a version in lower case", send: head("GET / http/1.1", H), status: 400 },
  { name: "9110 15.6.6 another major version (#15)", send: head("GET / HTTP/2.0", H), status: 505 },
  { name: "3.2 no Host in 1.1 (#9)", send: head("GET / HTTP/1.1"), status: 400 },
  { name: "3.2 two Host lines (#9)", send: head("GET / HTTP/1.1", H, H), status: 400 },
  { name: "3.2 two Host lines in 1.0 (#9)", send: head("GET / HTTP/1.0", H, H), status: 400 },
  { name: "3.2 an invalid Host (#9)", send: head("GET / HTTP/1.1", "Host: a b"), status: 400 },
  { name: "3.2 a Host with a path", send: head("GET / HTTP/1.1", "Host: a/b"), status: 400 },
  { name: "3.2 a Host with userinfo", send: head("GET / HTTP/1.1", "Host: u@a"), status: 400 },
  { name: "3.2 a Host with a port above 65535", send: head("GET / HTTP/1.1", "Host: a:65536"), status: 400 },
  { name: "5.1 white space before the colon (#16)", send: get("/", "X : y"), status: 400 },
  { name: "5.1 a line without a colon", send: get("/", "X"), status: 400 },
  { name: "5.1 an empty name", send: get("/", ": x"), status: 400 },
  { name: "5.2 obs-fold (#17)", send: get("/", "X: a", " b"), status: 400 },
  { name: "9110 5.5 NUL in a value (#19)", send: get("/", "X: a\0b"), status: 400 },
  { name: "9110 5.5 another control character in a value", send: get("/", "X: a\u0001"), status: 400 },
  {
    name: "6.1 Transfer-Encoding and Content-Length (#28)",
    send: `${head("POST / HTTP/1.1", H, "Content-Length: 5", "Transfer-Encoding: chunked")}0\r\n\r\n`,
    status: 400,
  },
  {
    name: "6.1 Transfer-Encoding in HTTP/1.0 (#29)",
    send: `${head("POST / HTTP/1.0", "Transfer-Encoding: chunked")}0\r\n\r\n`,
    status: 400,
  },
  {
    name: "6.1 an unknown transfer coding (#26)",
    send: `${head("POST / HTTP/1.1", H, "Transfer-Encoding: gzip, chunked")}0\r\n\r\n`,
    status: 501,
  },
  {
    name: "6.3 a last coding that is not chunked (#27)",
    send: head("POST / HTTP/1.1", H, "Transfer-Encoding: chunked, gzip"),
    status: 400,
  },
  { name: "6.3 identity", send: head("POST / HTTP/1.1", H, "Transfer-Encoding: identity"), status: 400 },
  {
    name: "7.1 chunked twice",
    send: `${head("POST / HTTP/1.1", H, "Transfer-Encoding: chunked, chunked")}0\r\n\r\n`,
    status: 400,
  },
  {
    name: "7.1 chunked behind an unfamiliar space",
    send: head("POST / HTTP/1.1", H, "Transfer-Encoding: \u000bchunked"),
    status: 400,
  },
  ...["+3", "-3", "3 3", "0x3", "3,3", "3;", "", "3_0", "1e2", "99999999999999999999"].map((length) => ({
    name: `6.3 a Content-Length of "${length}" (#30, #31)`,
    send: `${head("POST / HTTP/1.1", H, `Content-Length: ${length}`)}abc`,
    status: 400,
  })),
  {
    name: "6.3 two equal Content-Lengths",
    send: `${head("POST / HTTP/1.1", H, "Content-Length: 3", "Content-Length: 3")}abc`,
    status: 400,
  },
  {
    name: "6.3 two different Content-Lengths (#30)",
    send: `${head("POST / HTTP/1.1", H, "Content-Length: 3", "Content-Length: 4")}abc`,
    status: 400,
  },
  ...[
    "g",
    "-1",
    "+1",
    "0x1",
    " 1",
    "1 ",
    "1;",
    "1;=",
    '1;a="',
    "1\n",
    "fffffffffffffffff",
    "20000000000000",
    "",
  ].map((line) => ({
    name: `7.1 a chunk line of ${JSON.stringify(line)} (#32)`,
    send: chunked(`${line}\r\na\r\n0\r\n\r\n`),
    status: 400,
  })),
  { name: "7.1 data longer than its size", send: chunked("1\r\nab\r\n0\r\n\r\n"), status: 400 },
  { name: "7.1 a bare LF behind the data", send: chunked("1\r\na\n0\r\n\r\n"), status: 400 },
  { name: "7.1.2 a malformed trailer", send: chunked("0\r\nX y\r\n\r\n"), status: 400 },
  { name: "9110 10.1.1 an expectation that is not known", send: get("/", "Expect: more"), status: 417 },
];
