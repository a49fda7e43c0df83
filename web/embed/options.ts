/**
 * What the URL of `embed.html` says: `?example=hello&view=code,wire&request=GET+/&theme=dark#v1...`. The hash is that of a share
 * link and holds the code; all of it may be left out.
 */
import { THEMES, type Theme } from "../../src/embed/messages.ts";
import { exampleNamed, examples, programOf } from "../app/examples.ts";
import type { Program } from "../app/program.ts";
import { CALM } from "../app/settings.ts";
import { openHash } from "../app/share.ts";
import { EMPTY_DRAFT, type RequestDraft } from "../http/draft.ts";

/** Names of panels in the URL, and the ids of their sections. */
const PANELS = {
  code: "editor-panel",
  request: "request-panel",
  response: "response-panel",
  wire: "wire-panel",
  preview: "preview-panel",
  console: "console-panel",
} as const;
export const PANEL_IDS = Object.values(PANELS);
export type PanelId = (typeof PANEL_IDS)[number];

const DEFAULT_VIEW: readonly PanelId[] = [PANELS.code, PANELS.response];

export interface EmbedOptions {
  readonly view: readonly PanelId[];
  /** `undefined`: as the system has it. */
  readonly theme: Theme | undefined;
  /** The how manieth it is on its page, from 1. */
  readonly nth: number;
  readonly program: Program;
  /** What is wrong with the URL, if anything. */
  readonly problem: string | undefined;
}

export async function readOptions({ search, hash }: Location): Promise<EmbedOptions> {
  const query = new URLSearchParams(search);
  const theme = THEMES.find((each) => each === query.get("theme"));
  const nth = Math.min(999, Math.floor(Number(query.get("nth"))) || 1);
  return { view: readView(query.get("view") ?? ""), theme, nth, ...(await readProgram(query, hash)) };
}

function readView(text: string): readonly PanelId[] {
  const named = text
    .split(/[\s,]+/)
    .flatMap((name) => (Object.hasOwn(PANELS, name) ? [PANELS[name as keyof typeof PANELS]] : []));
  return named.length > 0 ? [...new Set(named)] : DEFAULT_VIEW;
}

async function readProgram(
  query: URLSearchParams,
  hash: string,
): Promise<Pick<EmbedOptions, "program" | "problem">> {
  const name = query.get("example") ?? undefined;
  const example = exampleNamed(name);
  const fallback = example ?? examples[0];
  const base: Program = fallback
    ? programOf(fallback)
    : { example: undefined, code: "", request: EMPTY_DRAFT, settings: CALM };
  const opened = await openHash(hash);
  const problem =
    opened.type === "broken"
      ? `This link is broken: ${opened.reason}.`
      : name !== undefined && !example
        ? "There is no such example."
        : undefined;
  const wanted = readRequest(query.get("request"));
  if (opened.type !== "program")
    return { problem, program: { ...base, request: { ...base.request, ...wanted } } };
  // A link of the playground has a request of its own; the element's has only the code.
  const { code, request, settings } = opened.program;
  const own = request === EMPTY_DRAFT ? (example ? base.request : EMPTY_DRAFT) : request;
  return { problem, program: { example: example?.name, code, settings, request: { ...own, ...wanted } } };
}

/** `POST /notes`, or a path alone. `none` is for programs that send their own: Run sends no bytes that nobody typed. */
function readRequest(line: string | null): Partial<RequestDraft> {
  if (line?.trim() === "none") return { mode: "raw", raw: "" };
  const found = /^\s*(?:([!#$%&'*+.^_`|~\w-]+)\s+)?(\S+)\s*$/.exec(line ?? "");
  return found?.[2] === undefined ? {} : { method: found[1] ?? "GET", path: found[2] };
}
