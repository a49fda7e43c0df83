import { describe, expect, it } from "vitest";
import { body, chunked, echo, get, head, post, type ServerStage, statuses } from "./stage.ts";

const PACES = ["whole", "bytes", "split"] as const;

/** One message in, by RFC 9112 section: what is answered, whatever way it is cut. */
interface WireCase {
  readonly name: string;
  readonly send: string;
  readonly status: number;
  /** The echo of the body. */
  readonly echoes?: string;
}

const H = "Host: a";

/** Messages that are taken. */
const TAKEN: readonly WireCase[] = [
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
const REFUSED: readonly WireCase[] = [
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

/** RFC 9112: what is a message and what is none. Every case whole, byte by byte, in halves and with bytes behind. */
export function framingCases(stage: ServerStage): void {
  describe("takes", () => {
    for (const { name, send, status, echoes } of TAKEN) {
      it(name, async () => {
        const { exchange } = await stage.serve(echo);
        for (const pace of PACES) {
          const answer = await exchange(send, pace);
          expect(statuses(answer), pace).toEqual([status]);
          if (echoes !== undefined) expect(body(answer), pace).toBe(echoes);
        }
        // What follows is the next request and no part of this one.
        if (!send.includes("HTTP/1.0"))
          expect(statuses(await exchange(send + get("/next"), "whole"))).toEqual([status, 200]);
      });
    }
  });

  describe("refuses with one answer, and closes", () => {
    for (const { name, send, status } of REFUSED) {
      it(name, async () => {
        const { connect } = await stage.serve(echo);
        for (const pace of PACES) {
          const client = await connect();
          await client.send(send, pace);
          if (pace === "whole") await client.send(get("/next"));
          const answer = await client.readToEnd();
          expect(statuses(answer), pace).toEqual([status]);
          expect(answer, pace).toMatch(
            /\r\nDate: [A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT\r\n/,
          );
          expect(answer, pace).toMatch(/\r\nConnection: close\r\n/);
        }
      });
    }

    it("2.2 more empty lines than a few", async () => {
      const { exchange } = await stage.serve(echo, { limits: { maxEmptyLines: 2 } });
      expect(statuses(await exchange(`\r\n\r\n${get()}`))).toEqual([200]);
      expect(statuses(await exchange(`\r\n\r\n\r\n${get()}`))).toEqual([400]);
    });

    it("3 a request line above its limit with 414 (#7)", async () => {
      const { exchange } = await stage.serve(echo);
      const line = (bytes: number) => head(`GET /${"a".repeat(bytes - "GET / HTTP/1.1".length)} HTTP/1.1`, H);
      expect(statuses(await exchange(line(8192)))).toEqual([200]);
      expect(statuses(await exchange(line(8193)))).toEqual([414]);
      expect(statuses(await exchange(`GET /${"a".repeat(20_000)}`))).toEqual([414]);
    });

    it("3 a method above the limit with 501 (#6)", async () => {
      const { exchange } = await stage.serve(echo);
      expect(statuses(await exchange("A".repeat(9000)))).toEqual([501]);
    });

    it("9110 5.4 a field line, a section and a count above their limits with 431 (#20)", async () => {
      const limits = { maxHeaderLineBytes: 100, maxHeaderBytes: 300, maxHeaderCount: 5 };
      const { exchange } = await stage.serve(echo, { limits });
      expect(statuses(await exchange(get("/", `X: ${"a".repeat(97)}`)))).toEqual([200]);
      expect(statuses(await exchange(get("/", `X: ${"a".repeat(98)}`)))).toEqual([431]);
      expect(statuses(await exchange(get("/", ...Array(4).fill(`X: ${"a".repeat(90)}`))))).toEqual([431]);
      expect(statuses(await exchange(get("/", "A:", "B:", "C:", "D:")))).toEqual([200]);
      expect(statuses(await exchange(get("/", "A:", "B:", "C:", "D:", "E:")))).toEqual([431]);
      expect(statuses(await exchange(`GET / HTTP/1.1\r\nX: ${"a".repeat(1000)}`))).toEqual([431]);
    });

    it("7.1.1 chunk extensions above their limit, over all chunks (#33)", async () => {
      const { exchange } = await stage.serve(echo, { limits: { maxChunkExtensionBytes: 20 } });
      expect(statuses(await exchange(chunked(`1;${"a".repeat(19)}\r\na\r\n0\r\n\r\n`)))).toEqual([200]);
      expect(statuses(await exchange(chunked(`1;${"a".repeat(20)}\r\na\r\n0\r\n\r\n`)))).toEqual([400]);
      expect(statuses(await exchange(chunked(`${"1;aaaaaa\r\na\r\n".repeat(3)}0\r\n\r\n`)))).toEqual([400]);
    });

    it("7.1.2 trailers above their limits with 431", async () => {
      const { exchange } = await stage.serve(echo, { limits: { maxTrailerBytes: 50, maxTrailerCount: 2 } });
      expect(statuses(await exchange(chunked("0\r\nA: 1\r\nB: 2\r\n\r\n")))).toEqual([200]);
      expect(statuses(await exchange(chunked("0\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n")))).toEqual([431]);
      expect(statuses(await exchange(chunked(`0\r\nA: ${"1".repeat(60)}\r\n\r\n`)))).toEqual([431]);
    });
  });

  it("6.3 never hands on a body that was cut as a whole one (#35)", async () => {
    const bodies: unknown[] = [];
    const { exchange, errors } = await stage.serve(async (request) => {
      bodies.push(
        await request.bytes().then(
          (bytes) => bytes.length,
          (error) => error.code,
        ),
      );
      await request.respond(200, "x");
    });
    await exchange(`${head("POST / HTTP/1.1", H, "Content-Length: 10")}12345`);
    await exchange(chunked("5\r\n12345\r\n"));
    await exchange(chunked("5\r\n12345\r\n0\r\n"));
    expect(bodies).toEqual(["IncompleteMessage", "IncompleteMessage", "IncompleteMessage"]);
    expect(errors).toEqual([]);
  });

  it("2.2 answers 400 to a head that was cut, and nothing to a connection without a byte", async () => {
    const { exchange } = await stage.serve(echo);
    expect(statuses(await exchange("GET / HTTP/1.1\r\nHos"))).toEqual([400]);
    expect(await exchange("")).toBe("");
  });
}
