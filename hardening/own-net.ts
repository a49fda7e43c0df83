/**
 * A network of its own for the processes of a test, with the one setting that README.md advises: so that what the
 * kernel takes for who does not read is little, and nothing of it depends on what else the machine does. It needs
 * Linux, root and the usual tools; elsewhere a test goes without.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

const setUp = `
  ip link set lo up &&
  echo 131072 > /proc/sys/net/ipv4/tcp_notsent_lowat &&
  echo ready && exec sleep 10000`;

export class OwnNet {
  readonly #holder: ChildProcess;

  private constructor(holder: ChildProcess) {
    this.#holder = holder;
  }

  /** Nothing where it can't be made. */
  static async make(): Promise<OwnNet | undefined> {
    const holder = spawn("unshare", ["-n", "sh", "-c", setUp], { stdio: ["ignore", "pipe", "ignore"] });
    const failed = Promise.race([once(holder, "exit"), once(holder, "error")]).then(() => false);
    const ready = once(holder.stdout, "data").then(() => true);
    return (await Promise.race([ready, failed])) ? new OwnNet(holder) : undefined;
  }

  /** What goes before a command that is to run in it. */
  get prefix(): readonly string[] {
    return ["nsenter", "-t", String(this.#holder.pid), "-n"];
  }

  remove(): void {
    this.#holder.kill();
  }
}
