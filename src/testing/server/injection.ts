import { expect, it } from "vitest";
import type { BodyContent, HttpRequest } from "../../server/types.ts";
import { toBytes } from "../bytes.ts";
import { body, get, head, type ServerStage, statuses } from "./stage.ts";
import { responsesIn } from "./whole.ts";

/** Nothing that a program hands over becomes a line of the message, or is content where there is none. */
export function injectionCases(stage: ServerStage): void {
  const broken = [
    "a\r\nSet-Cookie: x=1",
    "a\nb",
    "a\rb",
    "a\0b",
    "a\r\n\r\nHTTP/1.1 200 OK",
    "\u010a",
    "\u560d\u560a",
  ];

  it("refuses what would inject a line, wherever it is given, and sends none of it", async () => {
    const ways: ((request: HttpRequest, bad: string) => Promise<unknown>)[] = [
      (request, bad) => request.respond(200, "", { X: bad }),
      (request, bad) => request.respond(200, "", { X: ["fine", bad] }),
      (request, bad) => request.respond(200, "", [["X", bad]]),
      (request, bad) => request.respond(200, "", { [bad]: "x" }),
      (request, bad) => request.respond(200, "", { "Content-Type": bad }),
      (request, bad) => request.respond(200, "", { Connection: bad }),
      (request, bad) => request.respond(200, "", { "Content-Length": bad }),
      (request, bad) => request.respond(200, "", { Date: bad }),
      (request, bad) => request.respond(302, "", { Location: bad }),
      (request, bad) => request.sendHeaders({ X: bad }),
      (request, bad) => request.upgrade("chat", { X: bad }),
      (request, bad) => request.upgrade(bad),
    ];
    for (const [index, way] of ways.entries()) {
      const refused: string[] = [];
      const { exchange } = await stage.serve(async (request) => {
        for (const bad of broken) {
          await way(request, bad).catch((error) => refused.push(error.code));
        }
        await request.respond(200, "fine");
      });
      const text = await exchange(get("/", "Connection: Upgrade", "Upgrade: chat"));
      expect(refused, `way ${index}`).toHaveLength(broken.length);
      expect(text, `way ${index}`).toMatch(
        /^HTTP\/1\.1 200 OK\r\nDate: [^\r]+\r\nContent-Length: 4\r\n\r\nfine$/,
      );
    }
  });

  it("refuses trailers that would inject a line, and the body can still be ended", async () => {
    let refused = 0;
    const { exchange } = await stage.serve(async (request) => {
      const writer = await request.sendHeaders({});
      await writer.write("x");
      for (const bad of broken) {
        for (const trailer of [{ X: bad }, { [bad]: "x" }])
          await writer.close(trailer).catch(() => refused++);
      }
      await writer.close({ X: "fine" });
    });
    expect(body(await exchange(get()))).toBe("1\r\nx\r\n0\r\nX: fine\r\n\r\n");
    expect(refused).toBe(2 * broken.length);
  });

  it("repeats nothing of what it refuses, neither to the peer nor to the program", async () => {
    const told: string[] = [];
    const { exchange } = await stage.serve(
      async (request) => {
        await request.bytes().catch((error) => {
          told.push(`${error.code} ${error.message}`);
          throw error;
        });
      },
      { onClientError: (error) => told.push(`${error.code} ${error.message}`) },
    );
    const mark = "<script>MARK";
    const refused = [
      `${mark}\r\n\r\n`,
      `GET /${mark} ${mark}\r\n\r\n`,
      `GET ${mark} HTTP/1.1\r\nHost: a\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: ${mark}\r\n\r\n`,
      `GET / ${mark}/1.1\r\nHost: a\r\n\r\n`,
      get("/", `${mark}: x`),
      get("/", `X: ${mark}\0`),
      get("/", `Content-Length: ${mark}`),
      get("/", `Transfer-Encoding: ${mark}`),
      get("/", `Expect: ${mark}`),
      `${head("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked")}${mark}\r\n`,
      `${head("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked")}0\r\n${mark}\r\n\r\n`,
    ];
    for (const request of refused) {
      const text = await exchange(request);
      expect(statuses(text), request).toEqual([expect.toSatisfy((status: number) => status >= 400)]);
      expect(text, request).not.toMatch(/mark|script/i);
    }
    expect(told).toHaveLength(refused.length);
    expect(told.join()).not.toMatch(/mark|script/i);
  });

  it("sends no content as anything but content", async () => {
    const fake = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n0\r\n\r\n";
    const contents: (() => BodyContent)[] = [
      () => fake,
      () => toBytes(fake),
      () => new Blob([fake]).stream(),
    ];
    for (const content of contents) {
      const { exchange } = await stage.serve((request) => request.respond(200, content()));
      expect(responsesIn(await exchange(get() + get()))).toEqual([fake, fake]);
    }
  });
}
