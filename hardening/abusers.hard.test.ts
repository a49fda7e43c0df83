import { it } from "vitest";
import { standAbuse } from "./abusers.ts";

it("2,000 abusers of each kind are gone within their timeouts, and ordinary clients hardly notice", () =>
  standAbuse({
    count: 2000,
    perSecond: 500,
    timeoutMs: 60_000,
    lingerMs: 2000,
    quietMs: 10_000,
    slackMs: 20_000,
    maxSlowdown: 5,
    nice: 19, // three processes, and what they take the ordinary clients lack
  }));
