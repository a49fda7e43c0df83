/** `npm run soak -- [--minutes 15] [--seed 1]`: mixed traffic on a server that is restarted, accounted for. */
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { root } from "./entries.mjs";

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "15" }, seed: { type: "string", default: "1" } },
});
const vitest = ["node_modules/vitest/vitest.mjs", "run", "--project", "hard", "hardening/soak.hard.test.ts"];
const { status } = spawnSync(process.execPath, vitest, {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, SOAK_MINUTES: values.minutes, SOAK_SEED: values.seed },
});
process.exitCode = status ?? 1;
