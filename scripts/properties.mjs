/**
 * `npm run properties -- [ROUNDS]`: the property tests on Node, again and again (10 times), with other cases each time
 * than those that `npm test` tries. A property that fails names the seed that gives its case again.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { asked, Misuse, numberFrom } from "./arguments.mjs";
import { root } from "./entries.mjs";

const rounds = asked(() => {
  const { positionals } = parseArgs({ allowPositionals: true });
  if (positionals.length > 1) throw new Misuse(`there is one argument, got ${positionals.length}`);
  return numberFrom("ROUNDS", positionals[0], 10);
});

const files = ["src", "web"].flatMap((folder) =>
  readdirSync(root + folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.test\.ts$/.test(name) && !/\.(browser|bun|deno|hard|quick)\.test\.ts$/.test(name))
    .map((name) => `${folder}/${name}`)
    .filter((name) => readFileSync(root + name, "utf8").includes("testing/fast-check.ts")),
);

for (let round = 1; round <= rounds && !process.exitCode; round++) {
  console.log(`round ${round} of ${rounds}, ${files.length} files`);
  const { status } = spawnSync(
    process.execPath,
    ["node_modules/vitest/vitest.mjs", "run", "--project", "node", "--reporter", "dot", ...files],
    { cwd: root, stdio: "inherit", env: { ...process.env, PROPERTIES: "other" } },
  );
  process.exitCode = status ?? 1;
}
