import { expect, test } from "vitest";
import { ConsoleShim } from "./console-shim.ts";
import { BATCH_ENTRIES, CONSOLE_CREDIT, type Report } from "./protocol.ts";

type Batch = Report & { readonly type: "console" };

test("of more lines than the host takes, the last ones are shown, and how many there were before", () => {
  const batches: Batch[] = [];
  const shim = new ConsoleShim((report) => batches.push(report as Batch));
  const lines = 10_000;
  for (let at = 1; at <= lines; at++) shim.write("log", [`line ${at}`]);
  expect(batches).toHaveLength(CONSOLE_CREDIT);
  shim.credit();
  expect(batches).toHaveLength(CONSOLE_CREDIT + 1);
  const last = batches.at(-1);
  expect(last?.dropped).toBe(lines - (CONSOLE_CREDIT + 1) * BATCH_ENTRIES);
  expect(last?.entries).toHaveLength(BATCH_ENTRIES);
  expect(last?.entries.at(-1)?.text).toBe(`line ${lines}`);
  expect(last?.entries[0]?.text).toBe(`line ${lines - BATCH_ENTRIES + 1}`);
});
