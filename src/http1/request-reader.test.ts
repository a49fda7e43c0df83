import { describe, expect, it } from "vitest";
import fc from "../testing/fast-check.ts";
import { ProtocolError } from "./errors.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { RequestReader } from "./request-reader.ts";
import { cuts, damage, octets, pieces, request } from "./test/messages.fixture.ts";
import { readAll } from "./test/read-all.fixture.ts";

describe("RequestReader", () => {
  it("reads what was sent, whatever way it is cut", () => {
    fc.assert(
      fc.property(fc.array(request, { minLength: 1, maxLength: 4 }), cuts, (requests, shares) => {
        const bytes = octets(requests.map(({ wire }) => wire).join(""));
        const { requests: read, error } = readAll(pieces(bytes, shares));
        expect(error).toBeUndefined();
        expect(read).toEqual(
          requests.map(({ method, target, headers, body, trailers }) => ({
            method,
            target,
            headers,
            body,
            trailers,
          })),
        );
      }),
      { numRuns: 500 },
    );
  });

  it("comes to the same for broken messages, whatever way they are cut, and never reads more than was sent", () => {
    fc.assert(
      fc.property(
        fc.array(request, { minLength: 1, maxLength: 3 }),
        fc.array(damage, { minLength: 1, maxLength: 3 }),
        cuts,
        (requests, damages, shares) => {
          const text = damages.reduce((wire, harm) => harm(wire), requests.map(({ wire }) => wire).join(""));
          const whole = readAll([octets(text)]);
          expect(readAll(pieces(octets(text), shares))).toEqual(whole);
          // Every head has a version in it.
          expect(whole.heads).toBeLessThanOrEqual(text.split(" HTTP/1.").length - 1);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("reads a head that comes again as it read the first, and one that differs in an octet as its own", () => {
    const next = "NEXT / HTTP/1.1\r\nHost: a\r\n\r\n";
    // Of one request: as sent, and with an octet or more changed.
    const similar = fc
      .tuple(request, fc.array(fc.option(damage, { nil: undefined }), { minLength: 2, maxLength: 8 }))
      .map(([{ wire }, damages]) => damages.map((harm) => (harm === undefined ? wire : harm(wire))))
      // Of what was damaged, those that are still one whole request with nothing behind it.
      .map((wires) =>
        wires.flatMap((wire) => {
          const { requests, heads } = readAll([octets(`${wire}${next}`)]);
          return heads === 2 && requests[1]?.method === "NEXT" ? [{ wire, read: requests[0]! }] : [];
        }),
      );
    fc.assert(
      fc.property(similar, cuts, (sent, shares) => {
        const bytes = octets(sent.map(({ wire }) => wire).join(""));
        const expected = sent.map(({ read }) => read);
        expect(readAll([bytes]).requests).toEqual(expected);
        expect(readAll(pieces(bytes, shares)).requests).toEqual(expected);
        // Each on a connection of its own, to a server that knows what came on the others.
        const heads = { last: undefined };
        const apart = sent.map(({ wire }) => readAll(pieces(octets(wire), shares), undefined, heads));
        expect(apart.flatMap(({ requests }) => requests)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it("shares a head that comes on several connections, and none of another's", async () => {
    const heads = { last: undefined };
    const [one, other, third] = Array.from({ length: 3 }, () => {
      const reader = new RequestReader(DEFAULT_LIMITS, heads);
      return (wire: string) => {
        reader.feed(octets(wire));
        return reader.readHead();
      };
    });
    const wire = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    const different = "GET / HTTP/1.1\r\nHost: b\r\n\r\n";
    const first = one!(wire);
    expect(other!(wire)).toBe(first);
    const second = third!(different);
    expect(second?.authority).toBe("b");
    expect(one!(wire)).toBe(first);
    expect(other!(different)).toBe(second);
    expect(other!(wire)?.authority).toBe("a");
  });

  it("shares the fields of the head before where only the line differs, unless they mean something else by it", () => {
    const reader = new RequestReader(DEFAULT_LIMITS);
    const read = (line: string, fields = "Host: a\r\nAccept: */*\r\n\r\n") => {
      reader.feed(octets(`${line}\r\n${fields}`));
      const head = reader.readHead();
      expect(reader.buffered).toBe(0);
      return head!;
    };
    const first = read("GET /1 HTTP/1.1");
    const second = read("POST /22 HTTP/1.1");
    expect(second.fields).toBe(first.fields);
    expect([second.method, second.target, second.authority]).toEqual(["POST", "/22", "a"]);
    expect(read("GET http://b/3 HTTP/1.1")).toMatchObject({ authority: "b", fields: first.fields });
    expect(read("GET /4 HTTP/1.1")).toMatchObject({ authority: "a", fields: first.fields });
    expect(read("GET /5 HTTP/1.0").fields).toMatchObject({ keepAlive: false, minor: 0 });
    expect(read("GET /6 HTTP/1.1").fields).toMatchObject({ keepAlive: true, minor: 1 });
    expect(read("GET /7 HTTP/1.1", "Host: a\r\nAccept: */!\r\n\r\n").fields.lines.values("accept")).toEqual([
      "*/!",
    ]);
    expect(() => read("GET * HTTP/1.1")).toThrow("wanted a path");
  });

  it("knows a head only where one may begin, and counts the empty lines before each afresh", () => {
    const wire = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    // Half an empty line is the beginning of what comes next.
    for (const pieces of [
      [wire, `\r${wire}`],
      [wire, "\r", wire],
    ]) {
      expect(readAll(pieces.map(octets))).toMatchObject({ heads: 1, error: "InvalidRequestLine" });
    }
    const polite = Array.from({ length: 50 }, () => [wire, "\r\n"]).flat();
    expect(readAll(polite.map(octets))).toMatchObject({ heads: 50, error: undefined });
  });

  it("keeps a head that holds on to a large chunk once for all connections, and not by each", async () => {
    const heads = {};
    const [one, other] = [new RequestReader(DEFAULT_LIMITS, heads), new RequestReader(DEFAULT_LIMITS, heads)];
    one.feed(octets("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(1000)));
    const first = one.readHead();
    expect(one.readHead()).toBe(first);
    other.feed(octets("GET / HTTP/1.1\r\nHost: b\r\n\r\n".repeat(2)));
    expect(other.readHead()).toBe(other.readHead());
    const again = one.readHead();
    expect(again?.authority).toBe("a");
    expect(again).not.toBe(first);
  });

  it("keeps no head whose fields hold on to a large chunk by each connection either", () => {
    const heads = {};
    const [one, other] = [new RequestReader(DEFAULT_LIMITS, heads), new RequestReader(DEFAULT_LIMITS, heads)];
    const read = (reader: RequestReader, wire: string) => {
      reader.feed(octets(wire));
      return reader.readHead();
    };
    const get = (target: string, host = "a") => `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
    const { fields } = read(one, get("/").repeat(1000))!;
    for (let head = one.readHead(); head !== undefined; head = one.readHead())
      expect(head.fields).toBe(fields);
    expect(read(one, get("/2"))?.fields).toBe(fields);
    read(other, get("/", "b"));
    expect(read(one, get("/3"))?.fields).not.toBe(fields);
  });

  it("reads nothing more behind a mistake", () => {
    const next = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    for (const wrong of [
      "GET  / HTTP/1.1\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
    ]) {
      const reader = new RequestReader(DEFAULT_LIMITS);
      reader.feed(octets(wrong + next));
      const readOn = () => [reader.readHead(), reader.readBody()];
      expect(readOn).toThrow(ProtocolError);
      reader.feed(octets(next));
      expect([reader.readHead(), reader.readBody(), reader.finish()]).toEqual([
        undefined,
        "need-more",
        false,
      ]);
    }
  });

  it("counts what was not read, and keeps what waits in order", () => {
    const reader = new RequestReader(DEFAULT_LIMITS);
    reader.feed(octets("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"));
    reader.readHead();
    const small = "1\r\na\r\n1\r\nb\r\n";
    reader.feed(octets(`${small}1`));
    reader.readBody();
    expect(reader.buffered).toBe("\r\n1".length);
    reader.feed(octets("\r\n"));
    reader.feed(octets("c\r\n0\r\nT: 1\r\n\r\n"));
    expect(reader.readBody()).toEqual(octets("c"));
    expect(reader.readBody()).toBe("end");
    expect(reader.buffered).toBe(0);
    reader.feed(octets("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9001\r\n\r\n"));
    reader.readHead();
    const [one, two, three] = [1, 2, 3].map((octet) => new Uint8Array(3000).fill(octet));
    for (const chunk of [one!, two!]) reader.feed(chunk);
    expect(reader.readBody()).toEqual(one);
    reader.feed(three!);
    expect([reader.readBody(), reader.readBody(), reader.readBody()]).toEqual([two, three, "need-more"]);
  });

  it("comes to the same for noise", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), cuts, (bytes, shares) => {
        expect(readAll(pieces(bytes, shares))).toEqual(readAll([bytes]));
      }),
    );
  });

  it("hands out a body without copying it, as views of what arrived", async () => {
    const reader = new RequestReader(DEFAULT_LIMITS);
    const first = octets("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc");
    const second = octets("def");
    reader.feed(first);
    reader.readHead();
    expect((reader.readBody() as Uint8Array).buffer).toBe(first.buffer);
    reader.feed(second);
    expect((reader.readBody() as Uint8Array).buffer).toBe(second.buffer);
    expect(reader.readBody()).toBe("end");
  });

  it("looks at each octet of a head that trickles in a bounded number of times", async () => {
    // Scenario: 32 KiB of header section, one octet at a time. A reader that starts over with each octet would
    // look at half a billion; counted here by how much is copied to keep the head in one piece.
    const { ByteSource } = await import("./byte-source.ts");
    const source = new ByteSource();
    source.push(Uint8Array.of(1));
    source.begin();
    source.pos = source.end;
    let copied = 0;
    let before = source.bytes;
    for (let i = 0; i < 32_768; i++) {
      source.push(Uint8Array.of(i & 255));
      source.extend();
      source.pos = source.end;
      if (source.bytes !== before) copied += source.end;
      before = source.bytes;
    }
    expect(source.end).toBe(32_769);
    expect(copied).toBeLessThan(4 * 32_768);
  });
});
