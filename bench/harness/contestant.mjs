/** A server program, started on its core, asked for its port, watched through /proc, ended by its id. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { cpuNanoseconds, residentKiB } from "./machine.mjs";
import { runtimes } from "./peers.mjs";

const servers = fileURLToPath(new URL("../servers/", import.meta.url));
const deadlineMs = 20_000;

/** Ended with this process, however it ends. */
const running = new Set();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

/** How each runtime takes a program. */
const invocation = {
  bun: (file) => ["run", file],
  deno: (file) => ["run", "--allow-all", "--quiet", file],
  seed: () => [],
};

/**
 * @typedef {object} Contestant
 * @property {string} name what the table calls it
 * @property {string} server the file in bench/servers, without its ending
 * @property {string} [runtime] default `node`
 * @property {string} [path] the path that is asked for, default `/`
 */

/** Starts a contestant and resolves once it listens. */
export async function start(contestant, work, { core, nodeOptions = [], env = {} }) {
  const runtime = contestant.runtime ?? "node";
  const file = `${servers}${contestant.server}.mjs`;
  const args = invocation[runtime]?.(file) ?? [...nodeOptions, file];
  const child = spawn("taskset", ["-c", String(core), runtimes[runtime], ...args, work], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NODE_ENV: "production", ...env },
  });
  running.add(child);
  child.once("exit", () => running.delete(child));
  const port = await listeningPort(child, contestant.name);
  return {
    contestant,
    port,
    pid: child.pid,
    url: `http://127.0.0.1:${port}${contestant.path ?? "/"}`,
    cpu: () => cpuNanoseconds(child.pid),
    residentKiB: () => residentKiB(child.pid),
    collectGarbage: () => child.kill("SIGUSR2"),
    stop: () => ended(child),
  };
}

function listeningPort(child, name) {
  return new Promise((resolve, reject) => {
    let said = "";
    const failed = (why) => {
      child.kill("SIGKILL");
      reject(new Error(`${name} ${why}:\n${said}`));
    };
    const timer = setTimeout(() => failed("did not listen"), deadlineMs);
    child.stderr.on("data", (text) => {
      said = (said + text).slice(-4000);
    });
    child.stdout.on("data", (text) => {
      said += text;
      const port = /^listening (\d+)$/m.exec(said)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(Number(port));
    });
    child.once("exit", (code) => {
      clearTimeout(timer);
      failed(`ended with ${code}`);
    });
  });
}

function ended(child) {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.removeAllListeners("exit");
    child.once("exit", () => {
      running.delete(child);
      resolve();
    });
    child.kill("SIGKILL");
  });
}
