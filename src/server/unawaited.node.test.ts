import { expect, it } from "vitest";
import { settled } from "../testing/index.ts";
import { GET, serveOnLine } from "./line.fixture.ts";

// A program that sends events does not wait for each: that a slow client went is not to end its process.
it("a writer whose promises nobody waits for ends no process when the client goes", async () => {
  const unhandled: unknown[] = [];
  const listener = (reason: unknown) => unhandled.push(reason);
  process.on("unhandledRejection", listener);
  const { ask } = await serveOnLine(async (request) => {
    const writer = await request.sendHeaders({});
    for (let i = 0; i < 8; i++) void writer.write(new Uint8Array(65_536));
    void writer.write(new Uint8Array(3_000_000));
    request.signal.addEventListener("abort", () => {
      void writer.write("late");
      void writer.close();
    });
    await new Promise(() => {});
  });
  const client = await ask(GET, { paused: true });
  client.destroy();
  await settled();
  await new Promise((resolve) => setImmediate(resolve));
  process.off("unhandledRejection", listener);
  expect(unhandled).toEqual([]);
});
