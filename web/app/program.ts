/** What the playground holds and a link carries: code, a request, the network's conditions. */
import { EMPTY_DRAFT, type RequestDraft } from "../http/draft.ts";
import { CALM, readSettings, type Settings } from "./settings.ts";

export interface Program {
  /** The example that it began as, if any. */
  readonly example: string | undefined;
  readonly code: string;
  readonly request: RequestDraft;
  readonly settings: Settings;
}

/** Characters of code, and of each field of a request: more than this nobody has typed. */
export const MAX_TEXT = 500_000;

/** A program out of what somebody sent; `undefined` where it is none. Unknown members are left alone. */
export function readProgram(value: unknown): Program | undefined {
  if (!isRecord(value) || typeof value.code !== "string" || isTooLarge(value)) return undefined;
  return {
    example: readName(value.example),
    code: value.code,
    request: readDraft(value.request),
    settings: isRecord(value.settings) ? readSettings(value.settings) : CALM,
  };
}

/** Whether what somebody sent would be a program with less code. */
export function isTooLarge(value: unknown): boolean {
  return isRecord(value) && typeof value.code === "string" && value.code.length > MAX_TEXT;
}

/** It becomes a folder's name and a package's: a link must not lead a zip file's reader anywhere else by it. */
function readName(value: unknown): string | undefined {
  return typeof value === "string" && /^[a-z0-9][a-z0-9-]{0,63}$/.test(value) ? value : undefined;
}

function readDraft(value: unknown): RequestDraft {
  if (!isRecord(value)) return EMPTY_DRAFT;
  const text = (name: "method" | "path" | "headers" | "body" | "raw") => {
    const member = value[name];
    return typeof member === "string" ? member.slice(0, MAX_TEXT) : EMPTY_DRAFT[name];
  };
  return {
    mode: value.mode === "raw" ? "raw" : "form",
    method: text("method"),
    path: text("path"),
    headers: text("headers"),
    body: text("body"),
    raw: text("raw"),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
