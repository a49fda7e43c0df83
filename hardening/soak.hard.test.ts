import { it } from "vitest";
import { check, describe, soak } from "./soak.ts";

const minutes = Number(process.env.SOAK_MINUTES ?? 15);
const seed = Number(process.env.SOAK_SEED ?? 1);

it(
  `${minutes} minutes of mixed traffic and restarts are accounted for to the last request, and leave nothing behind`,
  async () => {
    const report = await soak({ seconds: minutes * 60, seed, lifeMs: 10_000 });
    console.log(describe(report));
    check(report);
  },
  (minutes + 3) * 60_000,
);
