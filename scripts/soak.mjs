/** `npm run soak -- [--minutes 15] [--seed 1]`: mixed traffic on a server that is restarted, accounted for. */
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { asked, numberFrom } from "./arguments.mjs";
import { root } from "./entries.mjs";

const { minutes, seed } = asked(() => {
  const { values } = parseArgs({ options: { minutes: { type: "string" }, seed: { type: "string" } } });
  return {
    minutes: numberFrom("--minutes", values.minutes, 15, { least: 0.1, whole: false }),
    seed: numberFrom("--seed", values.seed, 1, { least: 0 }),
  };
});
const vitest = ["node_modules/vitest/vitest.mjs", "run", "--project", "hard", "hardening/soak.hard.test.ts"];
const { status } = spawnSync(process.execPath, vitest, {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, SOAK_MINUTES: `${minutes}`, SOAK_SEED: `${seed}` },
});
process.exitCode = status ?? 1;
