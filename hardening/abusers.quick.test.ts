import { it } from "vitest";
import { standAbuse } from "./abusers.ts";

it("100 abusers of each kind are gone within their timeouts, and ordinary clients are served all the while", () =>
  standAbuse({
    count: 100,
    perSecond: 500,
    timeoutMs: 4000,
    lingerMs: 1000,
    quietMs: 2000,
    slackMs: 5000,
    maxSlowdown: 50, // one pause is the slowest hundredth of a few seconds; the ratio that counts is the hard test's
    nice: 5, // it runs beside other tests
  }));
