/**
 * What the host page and the sandboxed worker say over the control port. The worker runs code that a stranger may
 * have written, so the host believes none of it: `readReport` takes only what has the right shape and size.
 */

export const CONSOLE_LEVELS = ["debug", "log", "info", "warn", "error"] as const;
export type ConsoleLevel = (typeof CONSOLE_LEVELS)[number];

export interface ConsoleEntry {
  readonly level: ConsoleLevel;
  readonly text: string;
}

/** A place in the program, both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** To the worker, first of all, with the control port and the link's port. */
export interface StartOrder {
  /** The text of Portico's bundle. */
  readonly portico: string;
  /** The program, cut where the address of that bundle belongs. */
  readonly parts: readonly string[];
}

/** To the worker, later. */
export type Order = { readonly type: "ping" } | { readonly type: "credit" };

/** From the worker. */
export type Report =
  | { readonly type: "started" | "pong" }
  | { readonly type: "console"; readonly entries: readonly ConsoleEntry[]; readonly dropped: number }
  | { readonly type: "failed"; readonly text: string; readonly place: Place | undefined }
  | { readonly type: "listen" | "unlisten"; readonly port: number };

/** Batches of console entries that may be under way before the host gives credit again. */
export const CONSOLE_CREDIT = 4;
/** The most entries of a batch. */
export const BATCH_ENTRIES = 100;
/** The most characters of an entry; what is longer is cut. */
export const ENTRY_CHARACTERS = 10_000;

/** What came from the worker, or `undefined` where it makes no sense. */
export function readReport(data: unknown): Report | undefined {
  if (typeof data !== "object" || data === null || !("type" in data)) return undefined;
  const report = data as Record<string, unknown>;
  switch (report.type) {
    case "started":
    case "pong":
      return { type: report.type };
    case "listen":
    case "unlisten": {
      const { port } = report;
      return isPort(port) ? { type: report.type, port } : undefined;
    }
    case "failed":
      return { type: "failed", text: cut(report.text), place: readPlace(report.place) };
    case "console":
      return readConsole(report);
    default:
      return undefined;
  }
}

function readConsole({ entries, dropped }: Record<string, unknown>): Report | undefined {
  if (!Array.isArray(entries) || entries.length > BATCH_ENTRIES || typeof dropped !== "number")
    return undefined;
  const read = entries.map((entry: { level?: unknown; text?: unknown } | null) => ({
    level: CONSOLE_LEVELS.find((level) => level === entry?.level) ?? "log",
    text: cut(entry?.text),
  }));
  return { type: "console", entries: read, dropped: Math.max(0, Math.floor(dropped) || 0) };
}

function readPlace(place: unknown): Place | undefined {
  if (typeof place !== "object" || place === null) return undefined;
  const { line, column } = place as Record<string, unknown>;
  return isCount(line) && isCount(column) ? { line, column } : undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 1;
}

function isPort(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 65_535;
}

function cut(text: unknown): string {
  return typeof text === "string" ? text.slice(0, ENTRY_CHARACTERS) : "";
}
