/**
 * The port between the playground and what runs a program. The page engine is the one that always works; others
 * (a service worker, a WebContainer) are further implementations of the same.
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

export interface Engine {
  /** As shown to people. */
  readonly name: string;
  /** Where a program's ports are connected to. */
  readonly network: Network;
  /**
   * Starts a program. It resolves when it was handed over; what becomes of it the events tell.
   * @throws CompileError
   */
  start(source: string, events: ProgramEvents): Promise<Run>;
}
