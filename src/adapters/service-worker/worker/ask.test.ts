import { describe, expect, test } from "vitest";
import { requestsTakeStreams } from "../../../testing/platform.ts";
import { type ToPage, WINDOW_BYTES } from "../protocol.ts";
import { Ask } from "./ask.ts";
import { Problem } from "./problem.ts";
import { beginUpload } from "./upload.ts";

const head = { status: 200, reason: "OK", headers: [] };
const bytes = (text: string) => new TextEncoder().encode(text).buffer as ArrayBuffer;

function asked() {
  const sent: ToPage[] = [];
  const state = { over: 0 };
  const ask = new Ask(
    7,
    (message) => void sent.push(message),
    () => state.over++,
  );
  return { ask, sent, state };
}

async function streamed() {
  const made = asked();
  made.ask.receive({ kind: "head", id: 7, head, body: "stream" });
  const { body } = await made.ask.answer;
  if (!(body instanceof ReadableStream)) throw new Error("expected a stream");
  return { ...made, reader: body.getReader() };
}

describe("the worker's end of a fetch", () => {
  test("a stream asks for nothing before it is read, then for a window, and for no more while that lasts", async () => {
    const { ask, reader, sent } = await streamed();
    await Promise.resolve();
    expect(sent).toEqual([]);
    const read = reader.read();
    await Promise.resolve();
    expect(sent).toEqual([{ kind: "pull", id: 7, bytes: WINDOW_BYTES }]);
    ask.receive({ kind: "chunk", id: 7, bytes: bytes("one") });
    expect(new TextDecoder().decode((await read).value)).toBe("one");
    const next = reader.read();
    ask.receive({ kind: "chunk", id: 7, bytes: new ArrayBuffer(WINDOW_BYTES) });
    await next;
    expect(sent).toHaveLength(1);
    void reader.read();
    await Promise.resolve();
    expect(sent).toHaveLength(2);
  });

  test("an end is an end, a cut is an error", async () => {
    const whole = await streamed();
    whole.ask.receive({ kind: "end", id: 7 });
    expect(await whole.reader.read()).toEqual({ done: true, value: undefined });
    expect(whole.state.over).toBe(1);
    const cut = await streamed();
    cut.ask.receive({ kind: "cut", id: 7 });
    await expect(cut.reader.read()).rejects.toBeInstanceOf(TypeError);
    expect(cut.state.over).toBe(1);
  });

  test("a page that goes is a problem before the head and an error behind it", async () => {
    const { ask } = asked();
    ask.fail(new Problem("SessionGone"));
    await expect(ask.answer).rejects.toMatchObject({ code: "SessionGone" });
    const { ask: late, reader } = await streamed();
    late.fail(new Problem("SessionGone"));
    await expect(reader.read()).rejects.toBeInstanceOf(TypeError);
  });

  test("who cancels the stream aborts the request, once", async () => {
    const { ask, reader, sent, state } = await streamed();
    await reader.cancel();
    ask.abort();
    expect(sent).toEqual([{ kind: "abort", id: 7 }]);
    expect(state.over).toBe(1);
  });

  test("request bytes wait for credit, and for nothing once the answer is whole", async () => {
    const { ask, sent } = asked();
    expect(await ask.send(new ArrayBuffer(WINDOW_BYTES))).toBe(true);
    let second: boolean | undefined;
    const waiting = ask.send(bytes("more")).then((taken) => {
      second = taken;
    });
    await new Promise((resolve) => setTimeout(resolve));
    expect(second).toBeUndefined();
    ask.receive({ kind: "pull", id: 7, bytes: 1 });
    await waiting;
    expect(second).toBe(true);
    expect(sent.map(({ kind }) => kind)).toEqual(["body", "body"]);
    const unwanted = ask.send(bytes("too late"));
    ask.receive({ kind: "head", id: 7, head, body: null });
    expect(await unwanted).toBe(false);
    expect(sent).toHaveLength(2);
  });
});

describe("a request body", () => {
  const post = (body: BodyInit | null) =>
    new Request("https://host.example/", { method: "POST", body, duplex: "half" } as RequestInit);

  test("none, an empty one, and one of a GET are none", async () => {
    expect(await beginUpload(new Request("https://host.example/"), 10)).toBeUndefined();
    expect(await beginUpload(post(null), 10)).toBeUndefined();
  });

  test("a small one is whole at once", async () => {
    const upload = await beginUpload(post("hello"), 1000);
    expect(upload?.first).toEqual({ bytes: bytes("hello"), whole: true });
  });

  test("a large one is sent in parts, its end is told", async () => {
    const size = 200_000;
    const upload = await beginUpload(post(new Uint8Array(size)), 1000);
    expect(upload?.first.whole).toBe(false);
    const { ask, sent } = asked();
    await upload?.rest(ask);
    const parts = sent.flatMap((each) => (each.kind === "body" ? [each.bytes.byteLength] : []));
    expect((upload?.first.bytes.byteLength ?? 0) + parts.reduce((sum, part) => sum + part, 0)).toBe(size);
    expect(sent.at(-1)).toEqual({ kind: "body-end", id: 7 });
  });

  test.runIf(requestsTakeStreams)("one that is slow is not waited for", async () => {
    let enqueue = (_: string): void => undefined;
    let end = (): void => undefined;
    const slow = new ReadableStream<Uint8Array>({
      start(controller) {
        enqueue = (text) => controller.enqueue(new TextEncoder().encode(text));
        end = () => controller.close();
      },
    });
    enqueue("one");
    const upload = await beginUpload(post(slow), 5);
    expect(upload?.first).toEqual({ bytes: bytes("one"), whole: false });
    const { ask, sent } = asked();
    const rest = upload?.rest(ask);
    enqueue("two");
    end();
    await rest;
    expect(sent).toEqual([
      { kind: "body", id: 7, bytes: bytes("two") },
      { kind: "body-end", id: 7 },
    ]);
  });

  test.runIf(requestsTakeStreams)(
    "one that breaks off aborts the request: it is never taken for the whole",
    async () => {
      let fail = (): void => undefined;
      const broken = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(new Uint8Array(3));
          fail = () => controller.error(new Error("expected"));
        },
      });
      const upload = await beginUpload(post(broken), 5);
      const { ask, sent } = asked();
      ask.answer.catch(() => undefined);
      const rest = upload?.rest(ask);
      fail();
      await rest;
      expect(sent).toEqual([{ kind: "abort", id: 7 }]);
    },
  );
});
