import { describe, expect, it } from "vitest";
import { HELP, parseCommand } from "./arguments.ts";

const DEFAULTS = {
  kind: "serve",
  directory: ".",
  port: 8080,
  host: "127.0.0.1",
  open: false,
  log: true,
  listing: true,
};

describe("parseCommand", () => {
  it("serves the current directory to this machine when told nothing", () => {
    expect(parseCommand([])).toEqual(DEFAULTS);
  });

  it("takes every option, long and short", () => {
    const all = {
      ...DEFAULTS,
      directory: "public",
      port: 0,
      host: "::1",
      open: true,
      log: false,
      listing: false,
    };
    expect(
      parseCommand(["public", "--port", "0", "--host=::1", "--open", "--no-log", "--no-listing"]),
    ).toEqual(all);
    expect(parseCommand(["-o", "-p0", "-H", "::1", "--no-log", "--no-listing", "--", "public"])).toEqual(all);
    expect(parseCommand(["--log"])).toEqual(DEFAULTS);
  });

  it("copies the service worker to one directory", () => {
    expect(parseCommand(["init", "public"])).toEqual({ kind: "init", directory: "public" });
    expect(parseCommand(["init"])).toMatchObject({ kind: "misuse" });
    expect(parseCommand(["init", "a", "b"])).toMatchObject({ kind: "misuse" });
    expect(parseCommand(["./init"])).toEqual({ ...DEFAULTS, directory: "./init" });
  });

  it("shows help and version whatever else is there", () => {
    expect(parseCommand(["public", "--port", "x", "--help"])).toEqual({ kind: "help" });
    expect(parseCommand(["-v"])).toEqual({ kind: "version" });
  });

  it.each([
    ["--port", "x"],
    ["--port", "65536"],
    ["--port", "-1"],
    ["--port="],
    ["--port", "8e3"],
    ["--host="],
    ["--nothing"],
    ["-x"],
    ["--open=yes"],
    ["a", "b"],
    [""],
    ["init", ""],
  ])("takes %s %s for a misuse and says why in a line", (...args) => {
    const command = parseCommand(args);
    if (command.kind !== "misuse") throw new Error(JSON.stringify(command));
    expect(command.problem).toMatch(/^[^\n]{10,100}$/);
  });
});

it("says everything in a screen of 80 by 24", () => {
  const lines = HELP.trimEnd().split("\n");
  expect(lines.length).toBeLessThanOrEqual(24);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
});
