import { it } from "vitest";
import { numberFrom } from "../scripts/arguments.mjs";
import { check, describe, soak } from "./soak.ts";

const { SOAK_MINUTES, SOAK_SEED } = process.env;
const minutes = numberFrom("SOAK_MINUTES", SOAK_MINUTES, 15, { least: 0.1, whole: false });
const seed = numberFrom("SOAK_SEED", SOAK_SEED, 1, { least: 0 });

it(
  `${minutes} minutes of mixed traffic and restarts are accounted for to the last request, and leave nothing behind`,
  async () => {
    const report = await soak({ seconds: minutes * 60, seed, lifeMs: 10_000 });
    console.log(describe(report));
    check(report);
  },
  (minutes + 3) * 60_000,
);
