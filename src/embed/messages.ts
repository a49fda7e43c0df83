/** What the element and its frame say to each other. Each side believes the other's window alone, and only these shapes. */

export const THEMES = ["light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

/** To the frame: how the page around looks now, or that somebody has pressed Run. */
export type ToFrame =
  | { readonly type: "portico-theme"; readonly theme: Theme }
  | { readonly type: "portico-run" };

/** From the frame: the playground is there. */
export type FromFrame = { readonly type: "portico-ready" };

export function readToFrame(data: unknown): ToFrame | undefined {
  if (!isRecord(data)) return undefined;
  if (data.type === "portico-run") return { type: "portico-run" };
  const theme = THEMES.find((each) => each === data.theme);
  return data.type === "portico-theme" && theme ? { type: "portico-theme", theme } : undefined;
}

export function readFromFrame(data: unknown): FromFrame | undefined {
  return isRecord(data) && data.type === "portico-ready" ? { type: "portico-ready" } : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
