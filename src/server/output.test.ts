import { describe, expect, it } from "vitest";
import type { Socket } from "../socket/index.ts";
import { settled } from "../testing/index.ts";
import { Output } from "./output.ts";

type Written = string | Uint8Array;

/** An output whose socket tells what it was given: in one list what was corked together. */
function recorded(corks: boolean, family: "IPv4" | "virtual" = "IPv4") {
  const calls: Written[][] = [];
  let corked = 0;
  const socket: Partial<Socket> = {
    remoteAddress: { address: "127.0.0.1", port: 1, family },
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

describe("what waits for what follows it", () => {
  const sizes = (calls: Written[][]) => calls.map((call) => call.map((data) => data.length));

  it("is text as text, and a piece of bytes as itself", () => {
    const { output, calls } = recorded(true);
    output.add("one");
    output.add(" two");
    output.flush();
    const bytes = new Uint8Array(10);
    output.add(bytes);
    output.flush();
    expect(calls).toEqual([["one two"], [bytes]]);
    expect(calls[1]?.[0]).toBe(bytes);
  });

  it("is 64 KiB of text, text before bytes and bytes", () => {
    const { output, calls } = recorded(true);
    output.add("x".repeat(65_536));
    expect(calls).toEqual([]);
    output.add("x");
    expect(sizes(calls)).toEqual([[65_537]]);
    calls.length = 0;
    output.add("x".repeat(65_530));
    output.add(new Uint8Array(6));
    expect(calls).toEqual([]);
    output.add(new Uint8Array(1));
    expect(sizes(calls)).toEqual([[65_530, 6, 1]]);
    output.add("next");
    output.flush();
    expect(calls[1]).toEqual(["next"]);
    calls.length = 0;
    output.add(new Uint8Array(16_000));
    output.add("x".repeat(49_536));
    expect(calls).toEqual([]);
    output.add("x");
    expect(sizes(calls)).toEqual([[16_000, 49_537]]);
  });

  it("is 64 KiB of bytes in pieces", () => {
    const { output, calls } = recorded(false);
    for (let i = 0; i < 4; i++) output.add(new Uint8Array(16_000));
    output.add(new Uint8Array(1536));
    expect(calls).toEqual([]);
    output.add(new Uint8Array(1));
    expect(sizes(calls)).toEqual([[65_536], [1]]);
  });

  it("is not bytes above 16 KiB, which leave at once behind what waited, in one write", () => {
    const { output, calls } = recorded(true);
    output.add("head");
    output.add(new Uint8Array(16_384));
    expect(calls).toEqual([]);
    output.add(new Uint8Array(16_385));
    expect(sizes(calls)).toEqual([[4, 16_384, 16_385]]);
    output.add("next");
    output.flush();
    expect(calls[1]).toEqual(["next"]);
  });

  it("is not what is lent to a reader in the process, which no copy is made of", () => {
    const { output, calls } = recorded(true, "virtual");
    for (const [size, given] of [
      [8191, true],
      [8192, false],
    ] as const) {
      output.add(new Uint8Array(size), given);
      expect(calls).toEqual([]);
      output.flush();
      calls.length = 0;
    }
    const lent = new Uint8Array(8192);
    output.add(lent, true);
    expect(calls.flat()).toEqual([lent]);
    const elsewhere = recorded(true);
    elsewhere.output.add(lent, true);
    expect(elsewhere.calls).toEqual([]);
  });

  it("leaves when nothing was added for eight turns of the microtask queue", async () => {
    const { output, calls } = recorded(true);
    output.flushSoon();
    for (const text of ["one", " two", " three"]) {
      output.add(text);
      output.flushSoon();
      for (let turn = 1; turn < 7; turn++) await undefined;
      expect(calls).toEqual([]);
    }
    const bytes = new Uint8Array(1);
    for (let turn = 0; turn < 9; turn++) await undefined;
    output.add(bytes);
    output.flushSoon();
    for (let turn = 0; turn < 9; turn++) await undefined;
    expect(calls).toEqual([["one two three"], [bytes]]);
    output.add("more");
    output.flushSoon();
    output.flush();
    output.add("held");
    for (let turn = 0; turn < 20; turn++) await undefined;
    expect(calls.slice(2)).toEqual([["more"]]);
  });
});

it("says of bytes that they are lent where it has joined them or was told so, and not of who writes them", () => {
  const given: unknown[] = [];
  const socket: Partial<Socket> = {
    remoteAddress: { address: "127.0.0.1", port: 1, family: "IPv4" },
    write: (_, lent) => given.push(lent) > 0,
  };
  const output = new Output(socket as Socket, Infinity);
  const add = (...all: Written[]) => {
    for (const data of all) output.add(data);
    output.flush();
  };
  add("head", new Uint8Array(10));
  add(new Uint8Array(10));
  add(new Uint8Array(20_000));
  output.add(new Uint8Array(20_000), true);
  expect(given).toEqual([true, false, false, true]);
});

it("lets wait who writes to a full socket, until it took everything or is gone", async () => {
  let room = false;
  const socket: Partial<Socket> = { write: () => room };
  const output = new Output(socket as Socket, 100);
  const write = (text: string) => {
    output.add(text);
    output.flush();
    return output.writable().then(
      () => text,
      (error) => error.code,
    );
  };
  const settledYet: unknown[] = [];
  for (const text of ["one", "two"]) void write(text).then((end) => settledYet.push(end));
  await settled();
  expect([output.full, settledYet]).toEqual([true, []]);
  output.drained();
  await settled();
  expect([output.full, settledYet]).toEqual([false, ["one", "two"]]);
  room = true;
  expect(await write("three")).toBe("three");
  room = false;
  const last = write("four");
  output.drained(true);
  expect(await last).toBe("ConnectionClosed");
});

/** An output whose socket takes nothing. */
function stalled(maxUnsent: number) {
  let cut = false;
  const socket: Partial<Socket> = {
    write: () => false,
    destroy() {
      cut = true;
    },
  };
  return { output: new Output(socket as Socket, maxUnsent), isCut: () => cut };
}

it("counts what waits anew once the socket took everything", () => {
  const { output, isCut } = stalled(10);
  for (let round = 0; round < 3; round++) {
    output.add("1234567890");
    output.flush();
    output.drained();
  }
  expect(isCut()).toBe(false);
});

it("holds exactly maxUnsent of what a socket does not take, and cuts the connection at one more", () => {
  const { output, isCut } = stalled(10);
  output.add("1234567890");
  output.flush();
  expect(isCut()).toBe(false);
  output.add("1");
  output.flush();
  expect(isCut()).toBe(true);
});
