import type { FieldLines } from "./field-lines.ts";
import { listElements } from "./list.ts";

/** The options of `Connection` (RFC 9110 section 7.6.1) in lower case: every element of every line. */
export function connectionOptions(lines: FieldLines): string[] {
  return lines.values("connection").flatMap((value) => listElements(value.toLowerCase()));
}

/** Whether the sender of a message wants the connection kept (RFC 9112 section 9.3). */
export function persists(options: readonly string[], minor: number): boolean {
  return !options.includes("close") && (minor > 0 || options.includes("keep-alive"));
}
