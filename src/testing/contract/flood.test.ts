import { expect, it } from "vitest";
import type { Socket } from "../../socket/index.ts";
import { writeUntilFull } from "./flood.ts";

const socket = (takes: number) => {
  let written = 0;
  const write = (data: Uint8Array | string) => {
    written += data.length;
    return written < takes;
  };
  return { write } as Partial<Socket> as Socket;
};

it("writes until it is told to stop, and tells an adapter that never does, instead of filling the memory", () => {
  const text = "x".repeat(100_000);
  expect(writeUntilFull(socket(250_000), text)).toBe(300_000);
  expect(() => writeUntilFull(socket(Infinity), text)).toThrow("has to return false above a high-water mark");
});
