/** Scripts that are asked for what there is not say so, and begin nothing. */
import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { Misuse, numberFrom, portFrom, wordsFrom } from "./arguments.mjs";
import { root } from "./entries.mjs";

const WRONG: readonly (readonly [command: string, says: RegExp, environment?: Record<string, string>])[] = [
  ["scripts/properties.mjs ten", /ROUNDS wants a whole number from 1 to \d+, got "ten"/],
  ["scripts/properties.mjs 0", /ROUNDS wants .*, got "0"/],
  ["scripts/properties.mjs 2 3", /one argument, got 2/],
  ["scripts/properties.mjs --rounds 2", /--rounds/],
  ["scripts/soak.mjs --minutes ten", /--minutes wants a number from .*, got "ten"/],
  ["scripts/soak.mjs --seed one", /--seed wants a whole number from .*, got "one"/],
  ["scripts/soak.mjs --minute 1", /--minute/],
  ["hardening/fuzz/run.mjs --seed one", /--seed wants .*, got "one"/],
  ["hardening/fuzz/run.mjs 0", /SECONDS wants .*, got "0"/],
  ["hardening/fuzz/run.mjs 1 2", /one number of seconds, got 1 and 2/],
  ["hardening/fuzz/run.mjs requests", /there is no target "requests"; there are: request, /],
  ["bench/run.mjs --rounds few", /--rounds wants .*, got "few"/],
  ["bench/run.mjs --seconds 0.5", /--seconds wants a whole number from .*, got "0.5"/],
  ["bench/run.mjs --node next", /--node wants .*, got "next"/],
  ["bench/run.mjs hullo", /there is no row "hullo"; there are: hello, /],
  ["scripts/size.mjs --verbos", /--verbos/],
  ["scripts/build.mjs --bundle", /--bundle/],
  ["scripts/check-exports.mjs --wirte", /--wirte/],
  ["scripts/runtime-tests/run.mjs", /which runtime\? bun or deno/],
  ["scripts/runtime-tests/run.mjs bun nosuchtest", /there is no test "nosuchtest"/],
  ["scripts/test.mjs format nosuchstep", /there is no step "nosuchstep"; there are: format and lint, /],
  ["scripts/docs.mjs --port 65536", /--port wants a whole number from 0 to 65535, got "65536"/],
  ["scripts/start.mjs --port http", /--port wants .*, got "http"/],
  ["scripts/start.mjs --prot 80", /--prot/],
  ["scripts/start.mjs", /PORT wants a whole number from 0 to 65535, got "http"/, { PORT: "http" }],
  ["scripts/docs.mjs --serve", /PORT wants .*, got "80a"/, { PORT: "80a" }],
  ["scripts/start.mjs --port -1", /--port/, { PORT: "8080" }],
];

describe("a script that is asked for what there is not", () => {
  const cases = WRONG.map(([command, says, environment = {}]) => ({ command, says, environment }));
  test.each(cases)("says so and ends with 2: $command $environment", ({ command, says, environment }) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, command.split(" "), {
      cwd: root,
      encoding: "utf8",
      timeout: 10_000,
      env: { ...process.env, PORT: undefined, ...environment },
    });
    expect(stderr.trimEnd()).toMatch(says);
    expect(stderr).not.toMatch(/^ {4}at /m);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  });
});

describe("a number on a command line", () => {
  test.each([
    [undefined, 7],
    ["1", 1],
    ["0012", 12],
    ["100", 100],
  ])("is taken: %j", (text, number) => {
    expect(numberFrom("N", text, 7, { most: 100 })).toBe(number);
  });

  test.each(["", " 1", "1e1", "0x1", "1.5", "-1", "+1", "0", "101", "NaN", "Infinity"])(
    "is none, or not in its range: %j",
    (text) => {
      expect(() => numberFrom("N", text, 7, { most: 100 })).toThrow(Misuse);
    },
  );

  test.each([
    ["0.5", 0.5],
    [".25", 0.25],
    ["2", 2],
  ])("may be broken where that is allowed: %s", (text, number) => {
    expect(numberFrom("N", text, 7, { least: 0.25, whole: false })).toBe(number);
  });
});

describe("the port", () => {
  test.each([
    [undefined, {}, undefined],
    [undefined, { PORT: "" }, undefined],
    [undefined, { PORT: "3000" }, 3000],
    ["8080", { PORT: "3000" }, 8080],
    ["8080", { PORT: "http" }, 8080],
    ["0", { PORT: "3000" }, 0],
  ])("of --port %j and %j is %j", (option, environment, port) => {
    expect(portFrom(option, environment)).toBe(port);
  });
});

test("a word may stand for all that it is part of", () => {
  const means = (word: string, one: string) => one.includes(word);
  expect(wordsFrom("step", ["types"], ["types of it", "types of all"], means)).toEqual(["types"]);
  expect(() => wordsFrom("step", ["types", "tests"], ["types of it"], means)).toThrow(Misuse);
});
