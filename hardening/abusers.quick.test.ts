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
    maxSlowdown: 10, // of a few seconds' figures
  }));
