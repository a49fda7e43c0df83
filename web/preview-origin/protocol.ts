/** What the dock says over the port that the playground gives it. */
import type { BridgeErrorCode } from "../../src/adapters/service-worker/index.ts";

/** To the dock, with the port of the program's network. */
export interface DockOrder {
  readonly type: "dock";
  /** Gives previews what they need in a page that is cross-origin isolated. */
  readonly isolated: boolean;
}

/** From the dock. The session is part of every preview's address. */
export type DockReport =
  | { readonly type: "docked"; readonly session: string }
  | { readonly type: "failed"; readonly code: BridgeErrorCode | "Unknown" }
  | { readonly type: "outdated" };

/** The dock is a stranger: only what has the right shape is taken. */
export function readDockReport(data: unknown): DockReport | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const { type, session, code } = data as Record<string, unknown>;
  if (type === "docked" && typeof session === "string" && /^[0-9a-f]{32}$/.test(session))
    return { type, session };
  if (type === "failed") return { type, code: CODES.find((known) => known === code) ?? "Unknown" };
  return type === "outdated" ? { type } : undefined;
}

const CODES = ["ServiceWorkerUnsupported", "WorkerNotFound", "WorkerTimeout", "VersionMismatch"] as const;
