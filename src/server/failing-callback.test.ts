import { describe, expect, it } from "vitest";
import { settled } from "../testing/index.ts";
import { GET, post, serveOnLine } from "./line.fixture.ts";
import type { BodyWriter } from "./types.ts";

const wrong = new Error("the callback's own");

describe("a callback that fails", () => {
  it.each([
    ["before it answered", false, 500],
    ["behind its answer", true, 200],
  ])(
    "%s leaves a body that it did not read to be dropped: the next request is served",
    async (_, answers, status) => {
      const { ask, errors } = await serveOnLine(async (request) => {
        if (request.method === "GET") return request.respond(200, "next");
        if (answers) await request.respond(200, "ok");
        await settled();
        throw wrong;
      });
      const client = await ask(`${post("Content-Length: 6")}abc`);
      await settled();
      await client.send(`def${GET}`);
      expect(await client.read("next")).toContain(`HTTP/1.1 ${status}`);
      expect(errors).toEqual([wrong]);
    },
  );

  it("after its client left is told to onError all the same, whatever it fails with", async () => {
    const failures = [wrong, undefined, null, "text"];
    const { ask, errors } = await serveOnLine(async (request) => {
      await new Promise((resolve) => request.signal.addEventListener("abort", resolve));
      throw failures.shift();
    });
    for (const told of [...failures]) {
      (await ask(GET)).destroy();
      await settled();
      expect(errors.at(-1)).toBe(told);
    }
    expect(errors).toHaveLength(4);
  });

  it("as another client's connection is gone is told to onError: this one is there", async () => {
    let other: BodyWriter | undefined;
    const { ask, errors } = await serveOnLine(async (request) => {
      if (other !== undefined) return other.write("to the first");
      other = await request.sendHeaders({});
      await new Promise(() => {});
    });
    (await ask(GET)).destroy();
    await settled();
    expect((await ask(GET)).text).toMatch(/^HTTP\/1\.1 500 /);
    expect(errors).toEqual([expect.objectContaining({ code: "ConnectionClosed" })]);
  });
});

it("a stream that fails in an answer that nobody waits for is told to onError, once", async () => {
  const { ask, errors } = await serveOnLine((request) => {
    void request.respond(
      200,
      new ReadableStream({
        pull() {
          throw wrong;
        },
      }),
    );
  });
  expect((await ask(GET)).state).toBe("reset");
  expect(errors).toEqual([wrong]);
});
