/** Where the playground's `embed.html` is, and what its URL says. */
import type { Theme } from "./messages.ts";
import { packProgram } from "./pack.ts";

export interface Wanted {
  readonly example: string | null;
  readonly view: string | null;
  readonly request: string | null;
  readonly code: string;
  readonly theme: Theme;
  /** The how manieth it is on its page, from 1. */
  readonly nth: number;
}

/** The address of the script that is being evaluated: embed.html is its neighbour. A module has no `currentScript`. */
export function scriptAddress(): string | undefined {
  if (typeof document === "undefined") return undefined;
  const current = document.currentScript;
  if (current instanceof HTMLScriptElement && current.src) return current.src;
  return [...document.scripts].find(({ src }) => /\/embed\.js(?:[?#]|$)/.test(src))?.src;
}

/**
 * @param base the folder of a playground, or a file in it
 * @throws TypeError when `base` is not a URL of http or https
 */
export async function frameAddress(base: string, wanted: Wanted): Promise<string> {
  const folder = new URL(base, document.baseURI);
  if (!/^https?:$/.test(folder.protocol)) throw new TypeError("base is not an address of http or https");
  // A last name without a dot in it is a folder's, whose slash was forgotten.
  folder.pathname = folder.pathname.replace(/\/[^/.]+$/, "$&/");
  const url = new URL("embed.html", folder);
  for (const name of ["example", "view", "request", "theme"] as const) {
    if (wanted[name]) url.searchParams.set(name, wanted[name]);
  }
  if (wanted.nth > 1) url.searchParams.set("nth", String(wanted.nth));
  if (wanted.code !== "") url.hash = await packProgram({ code: wanted.code });
  return url.href;
}
