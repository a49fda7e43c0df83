import { expect, onTestFinished } from "vitest";
import { runProgram } from "./program.ts";

/** A program of the docs: it ends well, or says where it serves and answers there. */
export async function expectToRun(path: string, folder: string): Promise<void> {
  const program = await runProgram(path, folder);
  onTestFinished(program.stop);
  const { port, code, errors } = await program.outcome;
  expect(errors).toBe("");
  if (port === undefined) expect(code).toBe(0);
  else expect((await fetch(`http://localhost:${port}/`)).status).toBe(200);
}
