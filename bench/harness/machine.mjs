/** What this machine can say about itself: cores, time spent on them, versions. Linux only (/proc). */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";

/** The cores this process may use, lowest first. */
function allowedCores() {
  const list = /^Cpus_allowed_list:\s*(.+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
  return list.split(",").flatMap((part) => {
    const [first, last = first] = part.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

/** One core for the server, another for load and harness. */
export function pickCores() {
  const cores = allowedCores();
  return { server: cores[0], load: cores[1] ?? cores[0], shared: cores.length < 2 };
}

/** Keeps this process, which drives some loads itself, off the server's core. */
export function stayOn(core) {
  execFileSync("taskset", ["-cp", String(core), String(process.pid)], { stdio: "ignore" });
}

/** Nanoseconds that every thread of a process spent on a core, user and kernel together. */
export function cpuNanoseconds(pid) {
  let sum = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      sum += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ", 1)[0]);
    } catch {
      // The thread ended between the listing and the reading.
    }
  }
  return sum;
}

/** Resident memory of a process in KiB. */
export function residentKiB(pid) {
  return Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
}

/** Nanoseconds that a core was busy and that its host took away, since boot. Resolution: 10 ms. */
export function coreNanoseconds(core) {
  const fields = new RegExp(`^cpu${core} (.*)$`, "m").exec(readFileSync("/proc/stat", "utf8"))?.[1];
  const [user, nice, system, , , irq, softirq, steal] = (fields ?? "").split(" ").map((n) => Number(n) * 1e7);
  return { busy: user + nice + system + irq + softirq, stolen: steal };
}

/** A program's own words about its version, or undefined when it isn't there. */
export function versionOf(file, argument = "--version") {
  try {
    return execFileSync(file, [argument], { stdio: ["ignore", "pipe", "pipe"] }).toString();
  } catch (error) {
    // wrk -v ends with 1 and says its version all the same.
    const said = error.stdout?.toString() ?? "";
    return said === "" ? undefined : said;
  }
}

export function describeMachine() {
  const [first] = cpus();
  return `${cpus().length} × ${first?.model ?? "unknown"}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}`;
}
