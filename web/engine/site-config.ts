/** What the playground's host says about engines: `engines.json` beside the page. README.md has its members. */
import { EngineUnavailable } from "./engine.ts";

export interface SiteConfig {
  readonly previewOrigin: string | undefined;
  /** Where WebContainers are booted from; `undefined`: the client library's own host. */
  readonly webcontainerHost: string | undefined;
}

const FILE = "./engines.json";
const FETCH_MS = 4000;

/** @throws EngineUnavailable */
export async function loadSiteConfig(): Promise<SiteConfig> {
  let value: unknown;
  try {
    const response = await fetch(FILE, { cache: "no-cache", signal: AbortSignal.timeout(FETCH_MS) });
    value = response.ok ? await response.json() : {};
  } catch {
    throw new EngineUnavailable("the playground's host does not answer");
  }
  return readSiteConfig(value, location.origin);
}

/** @param page the playground's own origin */
export function readSiteConfig(value: unknown, page: string): SiteConfig {
  const { previewOrigin, webcontainerHost } = (
    typeof value === "object" && value !== null ? value : {}
  ) as Record<string, unknown>;
  return {
    previewOrigin: originOf(previewOrigin, page),
    webcontainerHost: originOf(webcontainerHost, page),
  };
}

/** An origin, or `":PORT"` for another port of the playground's own host. */
function originOf(value: unknown, page: string): string | undefined {
  if (typeof value !== "string") return undefined;
  const { protocol, hostname } = new URL(page);
  const url = URL.parse(/^:\d+$/.test(value) ? `${protocol}//${hostname}${value}` : value);
  return url && /^https?:$/.test(url.protocol) ? url.origin : undefined;
}
