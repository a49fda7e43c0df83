/**
 * Runs the third-party wire cases beside the repository, when they are there, against an echo server built
 * from dist/: whole, byte by byte, and split in two.
 */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env, execPath } from "node:process";
import { AsyncHttpServer } from "portico";
import { root } from "./entries.mjs";

const runner = `${root}../shared/conformance/run.mjs`;
const counts = { passed: 0, failed: 0 };
const scratch = await mkdtemp(join(tmpdir(), "portico-wire-"));

const server = new AsyncHttpServer({ onError: () => {} });
const serving = server.serve(
  0,
  async (request) => {
    await request.respond(200, await request.bytes());
  },
  { address: "127.0.0.1" },
);
try {
  while (!server.listening) await new Promise((resolve) => setTimeout(resolve, 5));
  for (const mode of ["whole", "bytes", "split"]) await runMode(mode);
} finally {
  await server.close({ graceMs: 0 });
  await serving;
  await rm(scratch, { recursive: true, force: true });
}
if (env.STEP_COUNTS) await writeFile(env.STEP_COUNTS, JSON.stringify(counts));
process.exitCode = counts.failed > 0 ? 1 : 0;

/** @param {string} mode */
async function runMode(mode) {
  const file = join(scratch, `${mode}.json`);
  await ended(
    spawn(execPath, [runner, String(server.getPort()), "--mode", mode, "--json", file], { stdio: "ignore" }),
  );
  /** @type {{ id: string, kind: string, v: string, why: string, name: string }[]} */
  const results = JSON.parse(await readFile(file, "utf8"));
  // The RFC leaves `info` cases open: there is nothing to pass.
  const scored = results.filter((each) => each.v !== "info");
  const failed = scored.filter((each) => each.v !== "pass");
  for (const { id, kind, v, why, name } of failed)
    console.log(`${mode}: ${id} [${kind}] ${v}: ${why} | ${name}`);
  console.log(`${mode}: ${scored.length - failed.length} of ${scored.length} scored cases`);
  counts.passed += scored.length - failed.length;
  counts.failed += failed.length;
}

/** @param {import("node:child_process").ChildProcess} child */
function ended(child) {
  return new Promise((resolve, reject) => child.once("exit", resolve).once("error", reject));
}
