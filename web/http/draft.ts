/** A request as it is being written: in a form, or as the very bytes. */
import { bytesOf, textOf } from "./raw-text.ts";

export interface RequestDraft {
  readonly mode: "form" | "raw";
  readonly method: string;
  readonly path: string;
  /** Field lines, one a line. */
  readonly headers: string;
  readonly body: string;
  /** The bytes, see raw-text.ts; used in the mode `raw`. */
  readonly raw: string;
}

export const EMPTY_DRAFT: RequestDraft = {
  mode: "form",
  method: "GET",
  path: "/",
  headers: "",
  body: "",
  raw: "",
};

const encoder = new TextEncoder();

/** What the draft puts on the wire. Nothing is checked: a server has to bear whatever comes. */
export function requestBytes(draft: RequestDraft, port: number): Uint8Array {
  return draft.mode === "raw" ? bytesOf(draft.raw) : formBytes(draft, port);
}

/** The form as raw text, to go on from. */
export function rawTextOf(draft: RequestDraft, port: number): string {
  return textOf(formBytes(draft, port));
}

/** The field lines of the form, with those that the draft needs and does not have. */
export function fieldLines({ headers, body }: RequestDraft, port: number): readonly string[] {
  const own = headers.split("\n").filter((line) => line.trim() !== "");
  const has = (...names: string[]) =>
    own.some((line) => names.includes((line.split(":")[0] ?? "").trim().toLowerCase()));
  return [
    ...(has("host") ? [] : [`Host: localhost:${port}`]),
    ...own,
    ...(body === "" || has("content-length", "transfer-encoding")
      ? []
      : [`Content-Length: ${encoder.encode(body).length}`]),
  ];
}

function formBytes(draft: RequestDraft, port: number): Uint8Array {
  const head = [`${draft.method} ${draft.path} HTTP/1.1`, ...fieldLines(draft, port), "", ""];
  return encoder.encode(head.join("\r\n") + draft.body);
}
