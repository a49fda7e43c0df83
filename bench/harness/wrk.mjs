/** The load generator: wrk on its own core, its findings as numbers. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../load", import.meta.url));

/**
 * @param {string} url
 * @param {{script?: string, connections?: number, seconds?: number, env?: Record<string, string>}} load
 * @param {number} core
 */
export function wrk(url, { script = "plain", connections = 64, seconds = 1, env = {} }, core) {
  const args = ["-c", String(core), "wrk", "-t1", `-c${connections}`, `-d${seconds}s`, "--latency"];
  args.push("--timeout", "10s", "-s", `${folder}/${script}.lua`, url);
  const child = spawn("taskset", args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, BENCH_LOAD: folder, ...env },
  });
  return new Promise((resolve, reject) => {
    let out = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (text) => {
        out += text;
      });
    }
    child.once("error", reject);
    child.once("close", () => {
      const line = /^\{"requests".*\}$/m.exec(out)?.[0];
      if (line === undefined) return reject(new Error(`wrk said nothing of use:\n${out}`));
      resolve(JSON.parse(line));
    });
  });
}
