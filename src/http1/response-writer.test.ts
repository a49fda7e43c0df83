import { describe, expect, it } from "vitest";
import fc from "../testing/fast-check.ts";
import { InvalidHeader } from "./errors.ts";
import { ResponseHeadWriter } from "./response-writer.ts";

const field = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom("A", "B", "Content-Type"), fc.constantFrom("1", "2")) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<[string, string][]>(
      ["A", "x".repeat(300)],
      ["B", "\u00e9"],
      ["B", "not\nvalid"],
      ["Date", "then"],
      ["Connection", "close, x"],
      ["Content-Length", "1"],
    ),
  },
);
/** `usual` nine times of ten, so that answers repeat those before in whole or in part. */
const mostly = <T>(usual: T, ...others: T[]): fc.Arbitrary<T> =>
  fc.oneof(
    { weight: 9, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );
const answer = fc.record({
  code: mostly(200, 404),
  reason: mostly(undefined, "Fine"),
  /** Which of the fields of all answers this one has. */
  takes: fc.array(mostly(true, false), { minLength: 4, maxLength: 4 }),
  type: mostly(undefined, "text/html"),
  framing: mostly<number | "chunked">(1, 2, "chunked"),
  dateLine: mostly("Date: 1\r\n", "Date: 2\r\n"),
  connection: mostly<"" | "close">("", "close"),
  content: mostly("", "a", "b", "long".repeat(100)),
});
const answers = fc
  .record({
    fields: fc.array(field, { minLength: 4, maxLength: 4 }),
    all: fc.array(answer, { maxLength: 12 }),
  })
  .map(({ fields, all }) => all.map((one) => ({ ...one, fields: fields.filter((_, i) => one.takes[i]) })));
type Answer = typeof answers extends fc.Arbitrary<(infer T)[]> ? T : never;

function write(writer: ResponseHeadWriter, given: Answer): unknown {
  try {
    writer.begin(given.code, given.fields, given.reason);
    if (given.type !== undefined) writer.addContentType(given.type);
    const { declaredLength, close } = writer;
    const text = writer.end(given.framing, given.dateLine, given.connection, given.content);
    return { text, declaredLength, close };
  } catch (error) {
    return (error as Error).message;
  }
}

describe("ResponseHeadWriter", () => {
  it("writes what a new one does, whatever it wrote before", () => {
    fc.assert(
      fc.property(answers, (all) => {
        const writer = new ResponseHeadWriter();
        for (const given of all) expect(write(writer, given)).toEqual(write(new ResponseHeadWriter(), given));
      }),
      { numRuns: 2000 },
    );
  });

  it("gives an answer that is the same again as the very text of the one before", () => {
    const writer = new ResponseHeadWriter();
    const end = () => {
      writer.begin(200, { A: "1", B: "2" });
      return writer.end(2, "Date: 1\r\n", "", "ok");
    };
    expect(end()).toBe("HTTP/1.1 200 OK\r\nA: 1\r\nB: 2\r\nDate: 1\r\nContent-Length: 2\r\n\r\nok");
    expect(end()).toBe(end());
  });

  it("remembers no more lines than a few, and no long ones", () => {
    const writer = new ResponseHeadWriter();
    const { set } = Map.prototype;
    const sizes: number[] = [];
    Map.prototype.set = function (name, part: { text: string }) {
      sizes.push(this.size);
      expect(part.text.length).toBeLessThan(300);
      return set.call(this, name, part);
    };
    try {
      for (let i = 0; i < 200; i++) {
        writer.begin(200, { [`X-${i}`]: "y", [`Long-${i}`]: "y".repeat(300) });
        writer.end(0, "", "");
      }
    } finally {
      Map.prototype.set = set;
    }
    expect(sizes).toHaveLength(200);
    expect(Math.max(...sizes)).toBeLessThan(64);
  });

  it("hears what is said of the connection, and copies the options that are not its own", () => {
    const writer = new ResponseHeadWriter();
    const closes = ["Keep-Alive, x, CLOSE", "y, keep-alive", "close"].map((Connection) => {
      writer.begin(200, { Connection });
      return [writer.close, writer.end(0, "", "")];
    });
    const head = (option: string) => `HTTP/1.1 200 OK\r\nConnection: ${option}\r\nContent-Length: 0\r\n\r\n`;
    expect(closes).toEqual([
      [true, head("x")],
      [false, head("y")],
      [true, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"],
    ]);
  });

  it("hears what is said of the framing, which has to be one thing", () => {
    const writer = new ResponseHeadWriter();
    writer.begin(200, [
      ["Content-Length", "5"],
      ["Transfer-Encoding", "Chunked"],
      ["content-length", "5"],
    ]);
    expect(writer.declaredLength).toBe(5);
    expect(writer.end("chunked", "", "")).toBe("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (const [name, one, other] of [
      ["Content-Length", "0", "5"],
      ["Content-Length", "5", "0"],
      ["Transfer-Encoding", "chunked", "gzip"],
    ] as const) {
      const twice: [string, string][] = [one, other].map((value) => [name, value]);
      expect(() => writer.begin(200, twice)).toThrow(InvalidHeader);
    }
  });

  it("asks an object that is given as a value for its text each time", () => {
    const writer = new ResponseHeadWriter();
    const url = new URL("http://a/1");
    const end = () => {
      writer.begin(302, [["Location", url as unknown as string]]);
      return writer.end(0, "", "");
    };
    expect(end()).toContain("Location: http://a/1\r\n");
    url.pathname = "/2";
    expect(end()).toContain("Location: http://a/2\r\n");
  });

  it("leaves the content to its caller where the head is not ASCII", () => {
    const writer = new ResponseHeadWriter();
    writer.begin(200, { A: "\u00e9" });
    const head = writer.end(2, "", "", "ok");
    expect(head).toEqual(
      Uint8Array.from("HTTP/1.1 200 OK\r\nA: \u00e9\r\nContent-Length: 2\r\n\r\n", (char) =>
        char.charCodeAt(0),
      ),
    );
  });
});
