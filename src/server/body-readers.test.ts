import { describe, expect, it } from "vitest";
import { settled } from "../testing/index.ts";
import { GET, post, serveOnLine, words } from "./line.fixture.ts";
import type { RequestCallback } from "./types.ts";

const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

/** Answers a GET with "next", and everything else as the callback does. */
function thenNext(callback: RequestCallback): RequestCallback {
  return (request) => (request.method === "GET" ? request.respond(200, "next") : callback(request));
}

describe("who reads a request's body", () => {
  it("gets each piece once and in order, however many are asked for at a time", async () => {
    const got: string[] = [];
    const { ask } = await serveOnLine(async (request) => {
      const pieces = request[Symbol.asyncIterator]();
      const asked = [pieces.next(), pieces.next(), pieces.next(), pieces.next()];
      for (const { value, done } of await Promise.all(asked)) got.push(done ? "end" : text(value));
      await request.respond(200);
    });
    const client = await ask(post("Content-Length: 4"));
    for (const piece of ["a", "bc", "d"]) {
      await client.send(piece);
      await settled();
    }
    await client.read("200 OK");
    expect(got).toEqual(["a", "bc", "d", "end"]);
  });

  it("all who ask at a time are told that it was cut", async () => {
    const got: unknown[] = [];
    const { ask } = await serveOnLine(async (request) => {
      const pieces = request[Symbol.asyncIterator]();
      got.push(...(await Promise.allSettled([pieces.next(), pieces.next()])));
    });
    const client = await ask(post("Content-Length: 4"));
    client.destroy();
    await settled();
    const cut = { status: "rejected", reason: expect.objectContaining({ code: "IncompleteMessage" }) };
    expect(got).toEqual([cut, cut]);
  });

  it("gets nothing of it by the stream while another reads it: none of the two lacks a piece", async () => {
    const got: string[] = [];
    const { ask } = await serveOnLine(async (request) => {
      const stream = request.body;
      const whole = request.text();
      await expect(stream?.getReader().read()).rejects.toMatchObject({ code: "BodyAlreadyRead" });
      got.push(await whole);
      await request.respond(200);
    });
    const client = await ask(post("Content-Length: 4"));
    await client.send("ab");
    await settled();
    await client.send("cd");
    await client.read("200 OK");
    expect(got).toEqual(["abcd"]);
  });

  it("and cancels the stream while it waits leaves the rest to be dropped: the next request is served", async () => {
    const { ask } = await serveOnLine(
      thenNext(async (request) => {
        const reader = request.body?.getReader();
        void reader?.read();
        await settled();
        await reader?.cancel();
        await request.respond(200, "first");
      }),
    );
    const client = await ask(post("Content-Length: 4"));
    await client.read("first");
    await client.send(`abcd${GET}`);
    await client.read("next");
  });

  it("and reads no further behind the callback's end has bodyMs for it: then the rest is dropped", async () => {
    const { ask, clock } = await serveOnLine(
      thenNext(async (request) => {
        void request.body?.getReader().read();
        await request.respond(200, "first");
      }),
    );
    const client = await ask(post("Content-Length: 4"));
    await client.send("ab");
    await settled();
    await client.send(`cd${GET}`);
    await settled();
    expect(words(client.text, "first", "next")).toEqual(["first"]);
    await clock.advance(31_000);
    await settled();
    expect(words(client.text, "first", "next")).toEqual(["first", "next"]);
  });

  it.each([0, 262_144])(
    "and leaves the end and %d bytes of a long chunked one keeps the connection",
    async (left) => {
      const { ask } = await serveOnLine(
        thenNext(async (request) => {
          let bytes = 0;
          for await (const piece of request) {
            bytes += piece.length;
            if (bytes >= 300_000) break;
          }
          await request.respond(200, "first");
        }),
      );
      const chunk = (size: number) => (size > 0 ? `${size.toString(16)}\r\n${"x".repeat(size)}\r\n` : "");
      const client = await ask(
        `${post("Transfer-Encoding: chunked")}${chunk(300_000)}${chunk(left)}0\r\n\r\n${GET}`,
      );
      await client.read("next");
    },
  );

  it("and leaves more than that of one closes it", async () => {
    const { ask } = await serveOnLine(thenNext((request) => request.respond(200, "first")));
    const chunk = `${(262_145).toString(16)}\r\n${"x".repeat(262_145)}\r\n0\r\n\r\n`;
    const client = await ask(`${post("Transfer-Encoding: chunked")}${chunk}${GET}`);
    expect(words(await client.readToEnd(), "first", "next")).toEqual(["first"]);
  });

  it.each([
    [262_144, "keep", ["first", "next"]],
    [262_145, "close", ["first", "Connection: close"]],
  ])("and leaves all %d bytes of one that has a length: %s", async (length, _, said) => {
    const { ask } = await serveOnLine(thenNext((request) => request.respond(200, "first")));
    const client = await ask(post(`Content-Length: ${length}`));
    await client.send("x".repeat(length) + GET);
    await settled();
    expect(words(client.text, "first", "next", "Connection: close").sort()).toEqual(said.sort());
  });

  it.each([
    [65_535, "reset"],
    [65_536, "open"],
  ])("and gets %d bytes in bodyMs finds the connection %s", async (bytes, state) => {
    const { ask, clock } = await serveOnLine(async (request) => {
      await request.sendHeaders({});
      await request.bytes().catch(() => {});
      await new Promise(() => {});
    });
    const client = await ask(post("Content-Length: 200000"));
    await client.send("x".repeat(bytes));
    await clock.advance(31_000);
    await settled();
    expect(client.state).toBe(state);
  });

  it("behind the answer is not told of a client that ended its side: that one has what it asked for", async () => {
    let aborted: boolean | undefined;
    const { ask, clock } = await serveOnLine(async (request) => {
      await request.respond(200, "first");
      await request.bytes().catch(() => {});
      await new Promise<void>((resolve) => clock.setTimeout(resolve, 1000));
      aborted = request.signal.aborted;
    });
    const client = await ask(`${post("Content-Length: 4")}ab`);
    client.end();
    await clock.advance(1000);
    await settled();
    expect(aborted).toBe(false);
  });

  it("to its end behind the callback's own holds the next request no longer than that", async () => {
    let late = "";
    const { ask } = await serveOnLine(
      thenNext(async (request) => {
        void request.text().then((all) => {
          late = all;
        });
        await request.respond(200, "first");
      }),
    );
    const client = await ask(`${post("Content-Length: 4")}ab`);
    await client.send(`cd${GET}`);
    await client.read("next");
    await settled();
    expect(late).toBe("abcd");
  });

  it("behind the answer finds the connection closed by its mistake", async () => {
    const failed: unknown[] = [];
    const { ask } = await serveOnLine(async (request) => {
      await request.respond(200, "first");
      await request.bytes().catch((error: unknown) => failed.push(error));
    });
    const client = await ask(post("Transfer-Encoding: chunked"));
    await client.send("no size\r\n");
    expect(await client.readToEnd()).toMatch(/first$/);
    expect(failed).toEqual([expect.objectContaining({ code: "InvalidChunk" })]);
  });

  it("makes a mistake known and the connection still ends in order, as what follows is read and dropped", async () => {
    const { ask } = await serveOnLine(async (request) => {
      await request.bytes();
    });
    const client = await ask(`${post("Transfer-Encoding: chunked")}no size\r\n`);
    expect(await client.readToEnd()).toMatch(/^HTTP\/1\.1 400 /);
    client.end();
    await settled();
    expect(client.state).toBe("closed");
  });

  it("is told at once by the signal, too, that the client ended its side in the middle", async () => {
    let aborted: boolean | undefined;
    const { ask } = await serveOnLine(async (request) => {
      await request.bytes().catch(() => {});
      aborted = request.signal.aborted;
    });
    const client = await ask(`${post("Content-Length: 4")}ab`);
    client.end();
    await settled();
    expect(aborted).toBe(true);
  });

  it("in part can't hand the connection over by an upgrade", async () => {
    const { ask, errors } = await serveOnLine(async (request) => {
      await request[Symbol.asyncIterator]().next();
      await request.upgrade("echo");
    });
    const client = await ask(`${post("Content-Length: 4", "Connection: upgrade", "Upgrade: echo")}ab`);
    expect(client.text).toMatch(/^HTTP\/1\.1 500 /);
    expect(errors).toEqual([expect.objectContaining({ code: "NotUpgradable" })]);
  });

  it("has it alone where it holds the stream, although nothing was read yet", async () => {
    const { ask } = await serveOnLine(async (request) => {
      const reader = request.body?.getReader();
      await expect(request.text()).rejects.toMatchObject({ code: "BodyAlreadyRead" });
      expect(() => request[Symbol.asyncIterator]()).toThrow(
        expect.objectContaining({ code: "BodyAlreadyRead" }),
      );
      expect(text((await reader?.read())?.value)).toBe("abcd");
      await request.respond(200);
    });
    expect((await ask(`${post("Content-Length: 4")}abcd`)).text).toMatch(/^HTTP\/1\.1 200 /);
  });

  it("gets its trailers whenever it asks for them, or hears that they can't come", async () => {
    const trailers: Promise<unknown>[] = [];
    const { ask } = await serveOnLine(async (request) => {
      trailers.push(request.trailers.then((fields) => fields.get("x-sum")).catch((error) => error.code));
      await request.respond(200, await request.text());
    });
    const client = await ask(`${post("Transfer-Encoding: chunked")}1\r\na\r\n`);
    await client.send("0\r\nX-Sum: 9\r\n\r\n");
    await client.read("\r\n\r\na");
    (await ask(`${post("Transfer-Encoding: chunked")}1\r\na\r\n`)).destroy();
    await settled();
    expect(await Promise.all(trailers)).toEqual(["9", "ConnectionClosed"]);
  });

  it("has one stream of it, however often it asks", async () => {
    const { ask } = await serveOnLine((request) => {
      const { body } = request;
      return request.respond(200, String(request.body === body));
    });
    expect((await ask(`${post("Content-Length: 1")}a`)).text).toMatch(/true$/);
  });

  it("by a stream that it began too late is told so, and nothing of it seems to be the end", async () => {
    let stream: ReadableStream<Uint8Array> | null = null;
    const { ask } = await serveOnLine((request) => {
      stream = request.body;
      return request.respond(200, "first");
    });
    const client = await ask(`${post("Content-Length: 4")}ab`);
    await client.read("first");
    await settled();
    await expect((stream as unknown as ReadableStream).getReader().read()).rejects.toMatchObject({
      code: "BodyAlreadyRead",
    });
  });

  it("beyond its end takes nothing of the body behind it", async () => {
    let first: AsyncIterator<Uint8Array> | undefined;
    const { ask } = await serveOnLine(async (request) => {
      if (first === undefined) {
        first = request[Symbol.asyncIterator]();
        while (!(await first.next()).done);
        return request.respond(200, "first");
      }
      expect(await first.next()).toEqual({ done: true, value: undefined });
      await request.respond(200, await request.text());
    });
    const client = await ask(`${post("Content-Length: 1")}a`);
    await client.read("first");
    await client.send(`${post("Content-Length: 6")}second`);
    await client.read("second");
  });
});
