import { describe, expect, test } from "vitest";
import { EMPTY_DRAFT } from "../http/draft.ts";
import { readProgram } from "./program.ts";
import { CALM, conditionsOf, FAULTS, readSettings, withFault } from "./settings.ts";
import { hashOf, openHash } from "./share.ts";

const program = {
  example: "hello",
  code: 'console.log("grüß");\n'.repeat(50),
  request: { ...EMPTY_DRAFT, method: "PUT", raw: "\\x00" },
  settings: { ...CALM, latencyMs: 50, fault: "reset" as const },
};

describe("links", () => {
  test("hold a program, and open as it was", async () => {
    const hash = await hashOf(program);
    expect(hash).toMatch(/^#v1\.[\w-]+$/);
    expect(hash.length).toBeLessThan(600);
    expect(await openHash(hash)).toEqual({ type: "program", program });
  });

  test("of the first version are read for ever", async () => {
    const opened = await openHash(
      "#v1.JctNCsJADAbQu3wrheDfMp5BcKG7boZp2gqZiTYpKGXuLuL-vRXZegEjW3VT2amNm-P23FUQZnkt4gFeUf5qsLmAUCQm68G43m8gPFNMYOzfaASXiEcd_bc0hdT8uTj4dCAMadEAwyOporUv",
    );
    expect(opened).toEqual({
      type: "program",
      program: {
        example: undefined,
        code: "console.log(1);\n",
        request: { ...EMPTY_DRAFT, method: "PUT", path: "/x" },
        settings: { ...CALM, latencyMs: 20, fault: "stall" },
      },
    });
  });

  test("name examples", async () => {
    expect(await openHash("#example=chat")).toEqual({ type: "example", name: "chat" });
    expect(await openHash("#example=%")).toEqual({ type: "example", name: "%" });
    expect(await openHash("")).toEqual({ type: "none" });
  });

  test.each([
    ["#hello", "it does not hold a program"],
    ["#v2.abc", "it is of version 2, which this page does not know"],
    ["#v1.!!!", "it is damaged, or was cut off"],
    ["#v1.q1ZK", "it is damaged, or was cut off"],
  ])("that are broken say why: %s", async (hash, reason) => {
    expect(await openHash(hash)).toEqual({ type: "broken", reason });
  });

  test.each([500_001, 5_000_000])("that hold too much, %d characters, say what may be", async (length) => {
    const hash = await hashOf({ ...program, code: "x".repeat(length) });
    expect(hash.length).toBeLessThan(20_000);
    expect(await openHash(hash)).toEqual({
      type: "broken",
      reason: "it holds too much, a program may have 500,000 characters",
    });
  });
});

describe("what somebody sent as a program", () => {
  test.each([[null], [[]], [{}], [{ code: 1 }], ["x"], [{ code: "x".repeat(500_001) }]])(
    "is none: %j",
    (value) => {
      expect(readProgram(value)).toBeUndefined();
    },
  );

  test("has its good parts taken, and defaults for the others", () => {
    expect(readProgram({ code: "1", request: { method: 7, path: "/x", mode: "odd" }, settings: 9 })).toEqual({
      example: undefined,
      code: "1",
      request: { ...EMPTY_DRAFT, path: "/x" },
      settings: CALM,
    });
  });

  test.each(["../../x", "a b", "A", "", "-a", "x".repeat(65)])(
    "names no example by %j: a zip file's folder has that name",
    (example) => {
      expect(readProgram({ code: "1", example })?.example).toBeUndefined();
    },
  );

  test("settings out of their range come back into it", () => {
    expect(
      readSettings({ latencyMs: 1e8, bytesPerSecond: -1, maxSegmentBytes: 1.5, fault: "flood" }),
    ).toEqual({
      ...CALM,
      latencyMs: 60_000,
      maxSegmentBytes: 1,
    });
  });
});

describe("faults", () => {
  test("have the size that was set, and the usual one in links that say none", () => {
    const set = { ...CALM, faultBytes: 7, faultMs: 50 };
    expect(conditionsOf({ ...set, fault: "reset" })).toMatchObject({ toClient: { resetAfterBytes: 7 } });
    expect(conditionsOf({ ...set, fault: "stall" })).toMatchObject({
      toClient: { stall: { afterBytes: 7, forMs: 50 } },
    });
    expect(conditionsOf({ ...set, fault: "jitter" })).toMatchObject({ jitterMs: 50 });
    expect(readSettings({ fault: "jitter", latencyMs: 200 })).toMatchObject({ faultMs: 400 });
    expect(readSettings({ fault: "stall" })).toMatchObject({ faultBytes: 100, faultMs: 3000 });
    expect(withFault({ ...set, latencyMs: 10 }, "jitter")).toMatchObject({ faultBytes: 100, faultMs: 100 });
  });
});

test("each fault is a condition of the network", () => {
  for (const fault of FAULTS) {
    const { latencyMs, bytesPerSecond, maxSegmentBytes, ...faults } = conditionsOf({ ...CALM, fault });
    expect(Object.keys(faults).length, fault).toBe(fault === "none" ? 0 : 1);
  }
});
