/** Formats a program. Loaded when it is asked for: Prettier weighs more than all the rest. */
import * as estree from "prettier/plugins/estree";
import * as typescript from "prettier/plugins/typescript";
import { formatWithCursor } from "prettier/standalone";
import type { Place } from "../sandbox/protocol.ts";

export type Formatted =
  | { readonly text: string; readonly cursor: number }
  | { readonly problem: string; readonly place: Place | undefined };

export async function format(text: string, cursor: number): Promise<Formatted> {
  try {
    const { formatted, cursorOffset } = await formatWithCursor(text, {
      parser: "typescript",
      plugins: [typescript, estree],
      printWidth: 100,
      cursorOffset: cursor,
    });
    return { text: formatted, cursor: cursorOffset };
  } catch (error) {
    const { loc } = error as { loc?: { start?: { line: number; column: number } } };
    const message = error instanceof Error ? error.message.split("\n")[0] : String(error);
    return {
      problem: (message ?? "").replace(/ \(\d+:\d+\)$/, ""),
      place: loc?.start && { line: loc.start.line, column: Math.max(1, loc.start.column) },
    };
  }
}
