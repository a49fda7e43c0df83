import { copyFile, mkdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** The worker's name in the package's `dist/`, and in the directory that it is copied to. */
const WORKER = "portico-sw.js";

/**
 * `portico init <public-dir>`: copies the service worker to where a site's static files lie.
 * @param worker the file in the package
 * @returns the exit status, everything having been said
 */
export async function initCommand(directory: string, worker: URL): Promise<number> {
  const target = join(directory, WORKER);
  try {
    const there = await stat(directory).catch(() => undefined);
    if (there && !there.isDirectory()) return fail(`${directory} is not a directory`);
    await mkdir(directory, { recursive: true });
    await copyFile(worker, target);
  } catch (error) {
    return fail(`${target} could not be written: ${error instanceof Error ? error.message : String(error)}`);
  }
  process.stdout.write(
    `portico: copied the service worker to ${target}\n` +
      `Copy it anew after an update of portico. Where it is served at /${WORKER}, pages say\n` +
      `  await exposeNetwork(network, { worker: "/${WORKER}" })\n`,
  );
  return 0;
}

function fail(problem: string): number {
  process.stderr.write(`portico: ${problem}\n`);
  return 1;
}
