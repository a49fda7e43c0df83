import { it } from "vitest";
import { check, describe, soak } from "./soak.ts";

it("a minute of mixed traffic and restarts is accounted for to the last request, and leaves nothing behind", async () => {
  const report = await soak({ seconds: 60, seed: 1, lifeMs: 4000 });
  console.log(describe(report));
  check(report);
});
