import { expect, it } from "vitest";
import { iterable } from "../../middleware/pieces.ts";
import { serverStage } from "../../testing/client-stage.ts";
import { settled } from "../../testing/index.ts";
import { VirtualNetwork } from "./index.ts";

const SIZE = 65_536;

/** A stream that gives one chunk again and again. */
function repeated(chunk: Uint8Array, times: number): ReadableStream<Uint8Array> {
  let left = times;
  return new ReadableStream({
    pull(controller) {
      if (left-- > 0) controller.enqueue(chunk);
      else controller.close();
    },
  });
}

it("streams a chunk that the handler gives again and again, as the memory that it is", async () => {
  const chunk = new Uint8Array(SIZE).fill(7);
  const { server, fetch, url } = await serverStage((request) => request.respond(200, repeated(chunk, 20)));
  for (let round = 0; round < 2; round++) {
    let total = 0;
    for await (const got of iterable((await fetch(url)).body as ReadableStream<Uint8Array>)) {
      expect(got.buffer).toBe(chunk.buffer);
      total += got.length;
    }
    expect(total).toBe(20 * SIZE);
  }
  expect(new Uint8Array(await (await fetch(url)).arrayBuffer()).every((byte) => byte === 7)).toBe(true);
  await server.close();
});

it("cuts the response, and says why, when a reader transferred what the handler gives again", async () => {
  const chunk = new Uint8Array(SIZE).fill(7);
  const errors: unknown[] = [];
  const { server, fetch, url } = await serverStage((request) =>
    request.respond(200, repeated(chunk, 20)).catch((error) => {
      errors.push(error);
      throw error;
    }),
  );
  const reader = ((await fetch(url)).body as ReadableStream<Uint8Array<ArrayBuffer>>).getReader();
  const readAll = async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return "whole";
      if (value.byteLength > 0) structuredClone(value, { transfer: [value.buffer] });
    }
  };
  await expect(readAll()).rejects.toBeInstanceOf(Error);
  expect(errors).toEqual([expect.objectContaining({ code: "ChunkTransferred" })]);
  await server.close();
});

it("lends nothing to a consumer that does not borrow", async () => {
  const network = new VirtualNetwork();
  const listener = await network.listen({ port: 80 });
  const client = await network.connect({ host: "localhost", port: 80 });
  const server = await listener.accept();
  const lent = new Uint8Array(SIZE).fill(7);
  const got: Uint8Array[] = [];
  const consumer = {
    borrows: false,
    onData: (bytes: Uint8Array) => got.push(bytes),
    onEnd() {},
    onDrain() {},
    onClose() {},
  };
  client.open(consumer);
  server.write(lent, true);
  server.write(lent);
  await settled();
  consumer.borrows = true;
  server.write(lent, true);
  server.write(lent);
  await settled();
  expect(got.map(({ buffer }) => buffer === lent.buffer)).toEqual([false, false, true, false]);
  expect(got.every((bytes) => bytes.every((byte) => byte === 7))).toBe(true);
});

it("lends nothing that is of a kind of its own, as a Buffer of Node's, whose memory others have parts of", async () => {
  class Pooled extends Uint8Array<ArrayBuffer> {}
  const chunk = new Pooled(new ArrayBuffer(SIZE)).fill(7);
  const { server, fetch, url } = await serverStage((request) => request.respond(200, repeated(chunk, 2)));
  for await (const got of iterable((await fetch(url)).body as ReadableStream<Uint8Array<ArrayBuffer>>)) {
    expect(got.buffer).not.toBe(chunk.buffer);
    structuredClone(got, { transfer: [got.buffer] });
  }
  expect(chunk.every((byte) => byte === 7)).toBe(true);
  expect(chunk).toHaveLength(SIZE);
  await server.close();
});
