import { describe, expect, test } from "vitest";
import { served } from "../testing/exchange.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { settled } from "../testing/turn.ts";
import { type EventStream, formatEvent, serverSentEvents } from "./server-sent-events.ts";

const text = (body: Uint8Array) => new TextDecoder().decode(body);
const GET = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

describe("the format (HTML section 9.2.6)", () => {
  test.each([
    [{ data: "a" }, "data: a\n\n"],
    [{ data: "a\nb\r\nc\rd" }, "data: a\ndata: b\ndata: c\ndata: d\n\n"],
    [{ data: "" }, "data:\n\n"],
    [{ data: " a" }, "data:  a\n\n"],
    [{ data: { n: [1] } }, 'data: {"n":[1]}\n\n'],
    [{ event: "tick", id: "7", retry: 500, data: 1 }, "event: tick\nid: 7\nretry: 500\ndata: 1\n\n"],
    [{ id: "" }, "id: \n\n"],
    [{ retry: 0 }, "retry: 0\n\n"],
  ])("%j", (event, wanted) => {
    expect(formatEvent(event)).toBe(wanted);
  });

  test.each([{ event: "a\nb" }, { id: "a\rb" }, { id: "a\0" }, { retry: 1.5 }, { retry: -1 }])(
    "refuses %j",
    (event) => {
      expect(() => formatEvent(event)).toThrow(TypeError);
    },
  );
});

test("a generator's events are sent, and the stream ends with it", async () => {
  await using server = await served(
    serverSentEvents(
      async function* () {
        yield "one";
        yield { event: "tick", data: 2 };
      },
      { headers: { "X-Own": "1", "Cache-Control": "no-store" } },
    ),
  );
  const { status, headers, body } = await server.ask();
  expect(status).toBe(200);
  expect(headers).toMatchObject({
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-own": "1",
  });
  expect(text(body)).toBe(":\n\ndata: one\n\nevent: tick\ndata: 2\n\n");
});

test("a handler sends when it wants, and knows where the client left", async () => {
  await using server = await served(
    serverSentEvents(async (stream, request) => {
      await stream.send(`${request.method} after ${stream.lastEventId}`);
      await stream.comment("a\nb");
    }),
  );
  const { headers, body } = await server.ask({ "Last-Event-ID": "41" });
  expect(headers["cache-control"]).toBe("no-cache, no-transform");
  expect(text(body)).toBe(":\n\ndata: GET after 41\n\n: a\n: b\n\n");
});

test("the head and a first comment leave before there is an event", async () => {
  await using server = await served(
    serverSentEvents(
      (stream) => new Promise((resolve) => stream.signal.addEventListener("abort", () => resolve())),
    ),
  );
  const client = await server.send(GET);
  await client.read(":\n\n");
  client.destroy();
});

test("a client that goes away ends a generator, and is no error", async () => {
  let returned = false;
  await using server = await served(
    serverSentEvents(async function* () {
      try {
        for (let n = 0; ; n++) yield String(n);
      } finally {
        returned = true;
      }
    }),
  );
  const client = await server.send(GET);
  await client.read("data: 3\n\n");
  client.destroy();
  await expect.poll(() => returned).toBe(true);
  await settled();
  expect(server.errors).toEqual([]);
});

test("a client that goes away ends what waits for an event, whatever it says to that", async () => {
  let returned = 0;
  await using server = await served(
    serverSentEvents(() => ({
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<never>(() => {}),
        return: () => {
          returned++;
          return Promise.reject(new Error("not now"));
        },
      }),
    })),
  );
  const client = await server.send(GET);
  await client.read(":\n\n");
  client.destroy();
  await expect.poll(() => returned).toBe(1);
  await settled();
  expect(server.errors).toEqual([]);
});

test("what is sent to a client that went away is no error, then or later", async () => {
  let sent = 0;
  await using server = await served(
    serverSentEvents(async (stream) => {
      while (!stream.signal.aborted) await stream.send("x".repeat(100_000));
      await stream.send("more");
      sent++;
    }),
  );
  const client = await server.send(GET);
  await client.read(":\n\n");
  client.socket.pause();
  await settled();
  client.destroy();
  await expect.poll(() => sent).toBe(1);
  await settled();
  expect(server.errors).toEqual([]);
});

test("comments keep a stream alive that is quiet for keepAliveMs, and none where that is 0", async () => {
  const clock = new FakeClock();
  const streams: EventStream[] = [];
  const quiet = (keepAliveMs: number) =>
    serverSentEvents(
      (stream) => {
        streams.push(stream);
        return new Promise((resolve) => stream.signal.addEventListener("abort", () => resolve()));
      },
      { keepAliveMs, clock },
    );
  await using server = await served(quiet(1000));
  const client = await server.send(GET);
  await client.read(":\n\n");
  for (const data of ["one", "two"]) {
    await clock.advance(900);
    await streams[0]?.send(data);
  }
  await clock.advance(900);
  expect(client.text.match(/(:|data: \w+)\n\n/g)).toEqual([":\n\n", "data: one\n\n", "data: two\n\n"]);
  expect(clock.pending).toBe(1);
  client.destroy();
  await expect.poll(() => clock.pending).toBe(0);
  await using never = await served(quiet(0));
  await (await never.send(GET)).read(":\n\n");
  expect(clock.pending).toBe(0);
});

test("a quiet stream is kept alive by comments, until it ends", async () => {
  const clock = new FakeClock();
  let finish = () => {};
  await using server = await served(
    serverSentEvents(
      () =>
        new Promise<void>((resolve) => {
          finish = resolve;
        }),
      { keepAliveMs: 1000, clock },
    ),
  );
  const client = await server.send(GET);
  await client.read(":\n\n");
  await clock.advance(2500);
  await client.read(":\n\n");
  await client.read(":\n\n");
  finish();
  await client.read("0\r\n\r\n");
  expect(clock.pending).toBe(0);
});

test("what a handler throws reaches onError, and the stream is cut", async () => {
  let fail = () => {};
  await using server = await served(
    serverSentEvents(async function* () {
      yield "one";
      await new Promise<void>((resolve) => {
        fail = resolve;
      });
      throw new Error("no more");
    }),
  );
  const client = await server.send(GET);
  await client.read("data: one\n\n");
  await settled();
  fail();
  expect(await client.closed()).toBe("reset");
  expect(client.text).not.toContain("0\r\n\r\n");
  expect(server.errors).toEqual([expect.objectContaining({ message: "no more" })]);
});

test("a generator whose event can't be sent is returned from", async () => {
  let returned = 0;
  await using server = await served(
    serverSentEvents(async function* () {
      try {
        yield { event: "two\nlines" };
      } finally {
        returned++;
      }
    }),
  );
  const client = await server.send(GET);
  await client.closed();
  expect([returned, server.errors]).toEqual([1, [expect.any(TypeError)]]);
});

test("HEAD gets the head alone", async () => {
  await using server = await served(serverSentEvents(() => Promise.reject(new Error("must not be called"))));
  expect((await server.ask({}, "HEAD")).headers["content-type"]).toContain("event-stream");
  expect(server.errors).toEqual([]);
});

test("an id that is not ASCII comes back as it was", async () => {
  const handler = serverSentEvents((stream) => stream.send(stream.lastEventId));
  await using server = await served(handler);
  // As EventSource sends it: octets of UTF-8.
  const octets = String.fromCharCode(...new TextEncoder().encode("schön 🌀"));
  for (const [sent, heard] of [
    [octets, "schön 🌀"],
    ["\xe9", "é"],
  ] as const) {
    const client = await server.send("");
    await client.send(
      Uint8Array.from(
        `GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nLast-Event-ID: ${sent}\r\n\r\n`,
        (c) => c.charCodeAt(0),
      ),
    );
    await client.readToEnd();
    expect(text(client.bytes)).toContain(`data: ${heard}\n`);
  }
});

test("of events that were not waited for no timer is left, and one that comes too late ends nothing", async () => {
  const clock = new FakeClock();
  const late: Promise<void>[] = [];
  await using server = await served(
    serverSentEvents(
      (stream) => {
        for (const data of ["one", "two", "three"]) void stream.send(data);
        void settled().then(() => {
          late.push(stream.send("four"));
        });
      },
      { clock },
    ),
  );
  expect(text((await server.ask()).body)).toBe(":\n\ndata: one\n\ndata: two\n\ndata: three\n\n");
  await expect.poll(() => late.length).toBe(1);
  await expect(late[0]).rejects.toMatchObject({ code: "WriterClosed" });
  expect(clock.pending).toBe(0);
});
