import { describe, expect, it } from "vitest";
import { H, REFUSED, TAKEN } from "./framing-rows.ts";
import { body, chunked, echo, get, head, type ServerStage, statuses } from "./stage.ts";

const PACES = ["whole", "bytes", "split"] as const;

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
