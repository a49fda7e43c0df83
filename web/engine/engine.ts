/**
 * The port between the playground and what runs a program. The page engine is the one that always works; the others
 * (a service worker, a WebContainer) are further implementations of the same, tried by `ladder.ts`.
 */
import type { Network } from "../../src/socket/index.ts";
import type { ConsoleEntry, Place } from "../sandbox/protocol.ts";

/** What a running program has to say. */
export interface ProgramEvents {
  onConsole(entries: readonly ConsoleEntry[], dropped: number): void;
  /** An error that the program did not catch. It may run on. */
  onFailure(text: string, place: Place | undefined): void;
  /** The program listens on a port of `network`, or does not any more. */
  onListen(port: number): void;
  onUnlisten(port: number): void;
  /** It has ended, and not because `stop` was called. */
  onEnd(reason: string): void;
}

export interface Run {
  /** Ends the program, whatever it does. Idempotent. */
  stop(): void;
}

/** Real URLs, for engines that have them. Without one the preview puts pages together itself. */
export interface PageUrls {
  /** The one origin that they are of; `undefined` while the program's port has none. */
  urlFor(port: number, path: string): URL | undefined;
}

/** From the simplest, which is always there, to the most real. */
export const ENGINE_KINDS = ["page", "service worker", "WebContainer"] as const;
export type EngineKind = (typeof ENGINE_KINDS)[number];

export interface Engine {
  readonly kind: EngineKind;
  readonly pages?: PageUrls;
  /** Resolves, with the reason, when it can't go on. */
  readonly gone?: Promise<string>;
  /** Fetches what the first run needs. */
  prepare?(): Promise<void>;
  /** Lets go of what it holds. */
  close?(): void;
  /** Where a program's ports are connected to. */
  readonly network: Network;
  /**
   * Starts a program. It resolves when it was handed over; what becomes of it the events tell.
   * @throws CompileError
   */
  start(source: string, events: ProgramEvents): Promise<Run>;
}

/** Why an engine can't be had here, in words for people. */
export class EngineUnavailable extends Error {
  override readonly name = "EngineUnavailable";
}
