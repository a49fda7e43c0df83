import { describe, expect, it } from "vitest";
import { acceptableCodings } from "./negotiate.ts";

describe("acceptableCodings", () => {
  it.each([
    [null, ["identity"]],
    ["", ["identity"]],
    ["gzip", ["gzip", "identity"]],
    ["gzip, deflate, br, zstd", ["br", "gzip", "identity"]],
    ["br;q=0.5, gzip;q=0.8", ["gzip", "br", "identity"]],
    ["br;q=0.5, gzip;q=0.5", ["br", "gzip", "identity"]],
    ["gzip;q=0", ["identity"]],
    ["gzip;q=0.000, br ; q=1.000", ["br", "identity"]],
    ["*", ["br", "gzip", "identity"]],
    ["*;q=0.1, gzip", ["gzip", "br", "identity"]],
    ["identity, gzip;q=0.5", ["identity", "gzip"]],
    ["identity;q=0.5, gzip", ["gzip", "identity"]],
    ["identity;q=0.5, gzip;q=0.2", ["identity", "gzip"]],
    ["gzip, identity;q=0", ["gzip"]],
    ["gzip, *;q=0", ["gzip"]],
    ["*;q=0", []],
    ["identity;q=0", []],
    ["*;q=0, identity;q=0.1", ["identity"]],
    ["GZIP;Q=1", ["gzip", "identity"]],
    ["x-gzip", ["gzip", "identity"]],
    [",, gzip ,", ["gzip", "identity"]],
    ["gzip;q=2, br;q=high, zstd", ["identity"]], // broken weights are no wish
    ["brotli, gzipped", ["identity"]],
  ])("%j: %j", (field, expected) => {
    expect(acceptableCodings(field)).toEqual(expected);
  });
});
