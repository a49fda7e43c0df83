import { expect, it } from "vitest";
import { type AbuseOptions, abuse, check, describe, slowdown } from "./abusers.ts";

it("2,000 abusers of each kind are gone within their timeouts, and ordinary clients hardly notice", async () => {
  const options: AbuseOptions = {
    count: 2000,
    perSecond: 500,
    timeoutMs: 60_000,
    lingerMs: 2000,
    quietMs: 10_000,
  };
  const figures = await abuse(options);
  console.log(describe(figures));
  check(figures, options, 10_000);
  expect(slowdown(figures)).toBeLessThan(5);
});
