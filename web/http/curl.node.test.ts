import { execFile, execFileSync } from "node:child_process";
import { type AddressInfo, createServer } from "node:net";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import fc from "../../src/testing/fast-check.ts";
import { asCurl } from "./curl.ts";
import { EMPTY_DRAFT, rawTextOf, requestBytes } from "./draft.ts";

const draft = (changes: Partial<typeof EMPTY_DRAFT>) => ({ ...EMPTY_DRAFT, ...changes });

describe("a command for curl", () => {
  test.each([
    [{}, "curl -i http://localhost:80/"],
    [{ method: "HEAD" }, "curl -i --head http://localhost:80/"],
    [{ method: "POST", body: "a=b" }, "curl -i -H Content-Type: --data-raw a=b http://localhost:80/"],
    [{ method: "POST" }, "curl -i -X POST http://localhost:80/"],
    [{ body: "x y" }, "curl -i -X GET -H Content-Type: --data-raw 'x y' http://localhost:80/"],
    [{ path: "/a?b&c" }, "curl -i 'http://localhost:80/a?b&c'"],
    [
      { headers: "X-It: it's\n\nHost: elsewhere" },
      "curl -i -H 'X-It: it'\\''s' -H 'Host: elsewhere' http://localhost:80/",
    ],
  ])("%j", (changes, command) => {
    expect(asCurl(draft(changes), 80)).toBe(command);
  });
});

describe("what a shell makes of the command", () => {
  const run = promisify(execFile);

  test.each([
    { path: "/list?ids[1]=2&{a,b}" },
    { path: "/a/../b/./c" },
    { path: "/with space?\u00e4#fragment" },
    { method: "OPTIONS", path: "*" },
    { path: "http://elsewhere.example/x" },
    { headers: "X-Empty:\nX-Full: 1" },
    { headers: "Host: localhost.example" },
    { method: "POST", body: "a=b" },
    { method: "PUT", headers: "Content-Type: application/json", body: '{"it\'s":"@x\\n"}' },
  ])("is the same request: %j", async (changes) => {
    const server = createServer({ allowHalfOpen: true });
    const received = new Promise<string>((resolve) => {
      server.on("connection", (socket) => {
        let text = "";
        socket.setEncoding("utf8").on("data", (data) => {
          text += data;
          if (!text.endsWith(`\r\n\r\n${draft(changes).body}`)) return;
          socket.end("HTTP/1.1 204 No Content\r\n\r\n");
          resolve(text);
        });
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
    const { port } = server.address() as AddressInfo;
    await run("/bin/sh", ["-c", `${asCurl(draft(changes), port)} --silent --max-time 5`]);
    server.close();
    const lines = (text: string) => text.split("\r\n");
    const [line, ...rest] = lines(await received);
    const [wantedLine, ...wanted] = lines(new TextDecoder().decode(requestBytes(draft(changes), port)));
    expect(line).toBe(wantedLine);
    const theirs = rest.filter((each) => !/^(accept|user-agent):/i.test(each));
    expect(theirs.sort()).toEqual(wanted.sort());
  });
});

describe("raw bytes for printf and nc", () => {
  test("a shell makes the same bytes of it, whatever they are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const raw = Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
        const command = asCurl(draft({ mode: "raw", raw }), 80);
        expect(command.endsWith(" | nc localhost 80")).toBe(true);
        const made = execFileSync("/bin/sh", ["-c", command.replace(/ \| nc localhost 80$/, "")]);
        expect(Uint8Array.from(made)).toEqual(Uint8Array.from(bytes));
      }),
      { numRuns: 40, examples: [[Uint8Array.of(0x2d, 0)], [Uint8Array.of(0x2d, 0x2d, 0x2d)]] },
    );
  });

  test.each(["@/etc/hostname", "@file: a", "no colon", "X-Spaced : a", "X-Given;", "\u00e4: a"])(
    "get what is no field line as well, which curl would take for something else: %s",
    (line) => {
      const wanted = requestBytes(draft({ headers: line }), 80);
      const command = asCurl(draft({ headers: line }), 80);
      expect(command.endsWith(" | nc localhost 80")).toBe(true);
      const made = execFileSync("/bin/sh", ["-c", command.replace(/ \| nc localhost 80$/, "")]);
      expect(Uint8Array.from(made)).toEqual(Uint8Array.from(wanted));
    },
  );
});

describe("what a draft puts on the wire", () => {
  const text = (changes: Partial<typeof EMPTY_DRAFT>) =>
    new TextDecoder().decode(requestBytes(draft(changes), 8080));

  test("a form gets the fields that it needs and does not have", () => {
    expect(text({ method: "PUT", path: "/x", headers: "A: b", body: "grüß" })).toBe(
      "PUT /x HTTP/1.1\r\nHost: localhost:8080\r\nA: b\r\nContent-Length: 6\r\n\r\ngrüß",
    );
    expect(text({ headers: "host : a\ncontent-length: 9", body: "x" })).toBe(
      "GET / HTTP/1.1\r\nhost : a\r\ncontent-length: 9\r\n\r\nx",
    );
  });

  test("the raw form of a draft is the draft", () => {
    const made = draft({ method: "POST", headers: "X: \\r", body: "a\nb\\" });
    const raw = draft({ mode: "raw", raw: rawTextOf(made, 80) });
    expect(requestBytes(raw, 80)).toEqual(requestBytes(made, 80));
  });
});
