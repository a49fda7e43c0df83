import { expect, test } from "vitest";
import { chooseCoding, refusesIdentity, withIdentity } from "./accept-encoding.ts";

const AVAILABLE = ["br", "gzip", "deflate"] as const;

test.each<[string | null, string]>([
  [null, "identity"],
  ["", "identity"],
  ["gzip", "gzip"],
  ["x-gzip", "gzip"],
  ["GZIP", "gzip"],
  ["deflate, gzip", "gzip"],
  ["gzip, deflate, br, zstd", "br"],
  ["gzip;q=1.0, br;q=0.9", "gzip"],
  ["gzip ; q=0.5 , deflate;q=0.8", "deflate"],
  ["br;q=0, gzip;q=0.001", "gzip"],
  ["gzip;q=0", "identity"],
  ["*", "br"],
  ["*;q=0.5, br;q=0", "gzip"],
  ["*;q=0", "identity"],
  ["identity, gzip;q=0.5", "identity"],
  ["identity;q=0.5, gzip", "gzip"],
  ["identity, gzip", "gzip"],
  ["identity;q=0", "identity"],
  ["zstd", "identity"],
  ["gzip;q=2, br;q=x, deflate;level=1", "identity"],
  [",, gzip ,", "gzip"],
])("%j asks for %s", (field, coding) => {
  expect(chooseCoding(field, AVAILABLE)).toBe(coding);
});

test.each<[string | null, boolean]>([
  [null, false],
  ["gzip", false],
  ["gzip;q=0.5", false],
  ["gzip;q=0", false],
  ["identity;q=0", true],
  ["gzip, Identity ; q=0.000", true],
  ["gzip, *;q=0", true],
  ["identity;q=0.1, *;q=0", false],
  ["identity;q=0, *", true],
])("%j refuses the content as it is: %s", (field, refused) => {
  expect(refusesIdentity(field)).toBe(refused);
  expect(refusesIdentity(withIdentity(field ?? ""))).toBe(false);
});
