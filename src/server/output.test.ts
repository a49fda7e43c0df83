import { describe, expect, it } from "vitest";
import type { Socket } from "../socket/index.ts";
import { Output } from "./output.ts";

type Written = string | Uint8Array;

/** An output whose socket tells what it was given: in one list what was corked together. */
function recorded(corks: boolean) {
  const calls: Written[][] = [];
  let corked = 0;
  const socket: Partial<Socket> = {
    remoteAddress: { address: "127.0.0.1", port: 1, family: "IPv4" },
    write(data) {
      if (corked === 0 || calls.length === 0) calls.push([]);
      calls.at(-1)?.push(data);
      return true;
    },
    ...(corks && {
      cork() {
        if (corked++ === 0) calls.push([]);
      },
      uncork() {
        corked--;
      },
    }),
  };
  return { output: new Output(socket as Socket, Infinity), calls };
}

const joined = (call: Written[] = []) =>
  call.map((data) => (typeof data === "string" ? data : new TextDecoder().decode(data))).join("");

describe("what is ready at one moment", () => {
  const large = new Uint8Array(16_384).fill(120);

  it("leaves together and uncopied where the pieces are large and the socket can write them so", () => {
    const { output, calls } = recorded(true);
    for (const data of ["4000\r\n", large, "\r\n4000\r\n", large, "\r\n"]) output.add(data);
    output.flush();
    expect(calls).toHaveLength(1);
    expect(calls[0]?.filter((data) => data === large)).toHaveLength(2);
    expect(joined(calls[0])).toBe(`4000\r\n${"x".repeat(16_384)}\r\n`.repeat(2));
  });

  it("is one piece where the pieces are small, or the socket would write each by itself", () => {
    for (const [bytes, corks] of [
      [large.subarray(0, 100), true],
      [large, false],
    ] as const) {
      const { output, calls } = recorded(corks);
      for (const data of ["head", bytes, "\r\n"]) output.add(data);
      output.flush();
      expect(calls).toHaveLength(1);
      expect(calls[0]).toHaveLength(1);
      expect(joined(calls[0])).toBe(`head${"x".repeat(bytes.length)}\r\n`);
    }
  });
});

it("holds exactly maxUnsent of what a socket does not take, and cuts the connection at one more", () => {
  let cut = false;
  const socket: Partial<Socket> = {
    write: () => false,
    destroy() {
      cut = true;
    },
  };
  const output = new Output(socket as Socket, 10);
  output.add("1234567890");
  output.flush();
  expect(cut).toBe(false);
  output.add("1");
  output.flush();
  expect(cut).toBe(true);
});
