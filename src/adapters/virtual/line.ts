import type { FlowConditions } from "./conditions.ts";

/** What arrives next. */
export interface Segment {
  readonly bytes: number;
  /** Time of the clock; `Infinity` in a stall without end. */
  readonly due: number;
}

const ETHERNET_SEGMENT = 1460;
const LARGEST_SEGMENT = 65_536;

/**
 * One direction of a connection under conditions. Strategy: no queue and no timer of its own. Bytes stay in
 * the receiver's queue with the time they were written, and when a segment arrives is a formula of that
 * time and of the segment before it. So a paused receiver, a late timer or a stepped clock change nothing
 * about who arrives when. Nothing overtakes, because a segment is planned once the one before was taken.
 * A change of conditions is a new line: it holds for every byte that has not arrived, as though that were
 * written at the change.
 */
export class Line {
  readonly #flow: FlowConditions;
  readonly #random: () => number;
  readonly #openedAt: number;
  #freeAt: number;
  #next: Segment | undefined;

  /** From `now` on; the connection was opened at `openedAt`. */
  constructor(flow: FlowConditions, random: () => number, openedAt: number, now: number) {
    this.#flow = flow;
    this.#random = random;
    this.#openedAt = openedAt;
    this.#freeAt = now;
  }

  /** Whether the connection breaks after `delivered` bytes. */
  breaksAt(delivered: number): boolean {
    return delivered >= (this.#flow.resetAfterBytes ?? Infinity);
  }

  /**
   * What arrives next of `available` bytes that were written at `writtenAt`, 0 for an end or a reset. The same until
   * it is taken.
   */
  next(delivered: number, writtenAt: number, available: number): Segment {
    this.#next ??= this.#plan(delivered, writtenAt, available);
    return this.#next;
  }

  taken(): void {
    this.#next = undefined;
  }

  #plan(delivered: number, writtenAt: number, available: number): Segment {
    const { latencyMs = 0, jitterMs = 0, bytesPerSecond, stall, resetAfterBytes = Infinity } = this.#flow;
    let leaves = Math.max(writtenAt, this.#freeAt);
    let most = Math.min(this.#segmentBytes(), resetAfterBytes - delivered);
    if (stall && "everyMs" in stall) {
      const phase = (leaves - this.#openedAt) % stall.everyMs;
      if (phase >= stall.everyMs - stall.forMs) leaves += stall.everyMs - phase;
    } else if (stall) {
      const { afterBytes, forMs = Infinity, repeat } = stall;
      const every = repeat ? Math.max(1, afterBytes) : Infinity;
      const left = delivered > afterBytes ? every - 1 - ((delivered - 1) % every) : afterBytes - delivered;
      if (left === 0) leaves = Math.max(leaves, this.#freeAt + forMs);
      most = Math.min(most, left || every);
    }
    const bytes = Math.min(available, Math.max(1, most));
    this.#freeAt = leaves + (bytesPerSecond ? (bytes * 1000) / bytesPerSecond : 0);
    return { bytes, due: this.#freeAt + latencyMs + jitterMs * this.#random() };
  }

  #segmentBytes(): number {
    const { maxSegmentBytes, randomSegments, bytesPerSecond } = this.#flow;
    if (randomSegments) return 1 + Math.floor(this.#random() * (maxSegmentBytes || ETHERNET_SEGMENT));
    if (maxSegmentBytes || !bytesPerSecond) return maxSegmentBytes || Infinity;
    return Math.min(LARGEST_SEGMENT, Math.max(ETHERNET_SEGMENT, Math.ceil(bytesPerSecond / 100)));
  }
}
