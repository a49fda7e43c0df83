import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { root } from "../../scripts/entries.mjs";
import { runProgram } from "../../scripts/program.ts";

const folder = join(root, ".build", `programs-${process.pid}`);

/** The example that answers for as long as it is listened to. */
const endless = "server-sent-events";

beforeAll(async () => {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "some-file"), "what was in the file");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

// Needs curl.
describe("the command that an example prints works in a shell", () => {
  test.each([
    ["hello", "Hello World"],
    ["router", "Hello ada\n"],
    ["json-api", '{"id":2,"text":"Buy milk"}'],
    ["upload-echo", "what was in the file"],
    ["server-sent-events", /^id: 1\ndata: /],
    ["chat", /new WebSocket/],
    ["chunked-progress", /^ 20 % {2}step 1 of 5\n.*100 % {2}step 5 of 5\n$/s],
    ["files", "One server"],
    ["graceful-shutdown", "Worth the wait\n"],
  ])("%s", { timeout: 20_000 }, async (name, answer) => {
    const program = await runProgram(join(root, "examples", `${name}.ts`), folder);
    onTestFinished(program.stop);
    const { command = "false", errors } = await program.outcome;
    expect(errors).toBe("");
    const { stdout } = await shell(
      command.replace("curl", `curl -s --max-time ${name === endless ? 1 : 10}`),
    );
    expect(stdout).toMatch(answer);
  });
});

/** The output counts, whether curl saw the end or its own time limit: some examples answer for ever. */
function shell(command: string): Promise<{ stdout: string }> {
  return promisify(execFile)("sh", ["-c", command], { cwd: folder }).catch((error) => error);
}
