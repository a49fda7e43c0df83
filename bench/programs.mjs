/** Measurements that are no row: programs of their own, with a load or a place that `wrk` knows nothing of. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** By the name that the command line knows them by. */
export const programs = {
  page: "In a page, over the virtual network",
  websocket: "Echo over WebSocket",
};

/** Runs one on all cores that the bench uses, shows what it says, and keeps that beside the rows' results. */
export async function runProgram(name, { cores, results, published }) {
  console.log(`### ${programs[name]} (\`${name}\`)\n`);
  const file = fileURLToPath(new URL(`./${name}.mjs`, import.meta.url));
  const all = `${cores.server},${cores.load}`;
  const child = spawn("taskset", ["-c", all, process.execPath, file], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    process.stdout.write(text);
    said += text;
  });
  const [code] = await once(child, "close");
  if (code !== 0) process.exitCode = 1;
  mkdirSync(results, { recursive: true });
  writeFileSync(`${results}${name}.md`, `### ${programs[name]}\n\n\`\`\`\n${said.trim()}\n\`\`\`\n`);
  if (published === undefined) return;
  mkdirSync(published, { recursive: true });
  copyFileSync(`${results}${name}.md`, `${published}${name}.md`);
}
