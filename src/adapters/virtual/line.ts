import type { FlowConditions } from "./conditions.ts";

/**
 * One direction of a connection under conditions. Strategy: no queue and no timer of its own. Bytes stay in
 * the receiver's queue with the time they were written, and when a segment arrives is a formula of that
 * time and of the segment before it. So a paused receiver, a late timer or a stepped clock change nothing
 * about who arrives when. Nothing overtakes, because a segment is asked for once the one before was taken.
 * A change of conditions is a new line: it holds for every byte that has not arrived, as though that were
 * written at the change.
 */

/** The segment that arrives next. */
interface Segment {
  readonly bytes: number;
  /** Time of the clock; `Infinity` in a stall without end. */
  readonly due: number;
  /** State of the line once the segment was taken. */
  readonly freeAt: number;
  readonly stallAt: number;
}

const ETHERNET_SEGMENT = 1460;
const LARGEST_SEGMENT = 65_536;

export class Line {
  readonly #flow: FlowConditions;
  readonly #random: () => number;
  readonly #openedAt: number;
  #delivered: number;
  #freeAt: number;
  /** Delivered bytes at which the next stall begins. */
  #stallAt: number;
  #next: Segment | undefined;

  /** From `now` on, after `delivered` bytes; the connection was opened at `openedAt`. */
  constructor(flow: FlowConditions, random: () => number, openedAt: number, now: number, delivered: number) {
    this.#flow = flow;
    this.#random = random;
    this.#openedAt = openedAt;
    this.#delivered = delivered;
    this.#freeAt = now;
    this.#stallAt = stallAfter(flow, delivered);
  }

  /** Bytes after which the connection breaks were delivered. */
  get broken(): boolean {
    return this.#delivered >= (this.#flow.resetAfterBytes ?? Infinity);
  }

  /** When the next of `available` bytes arrive that were written at `writtenAt`; 0 bytes for an end or a reset. */
  due(writtenAt: number, available: number): number {
    this.#next ??= this.#plan(writtenAt, available);
    return this.#next.due;
  }

  /** What was due has arrived. @returns its bytes. */
  take(): number {
    const { bytes, freeAt, stallAt } = this.#next as Segment;
    this.#next = undefined;
    this.#delivered += bytes;
    this.#freeAt = freeAt;
    this.#stallAt = stallAt;
    return bytes;
  }

  /** What was due does not come: the bytes were dropped. */
  drop(): void {
    this.#next = undefined;
  }

  #plan(writtenAt: number, available: number): Segment {
    const { latencyMs = 0, jitterMs = 0, bytesPerSecond = 0, stall } = this.#flow;
    let leaves = Math.max(writtenAt, this.#freeAt);
    let stallAt = this.#stallAt;
    if (stall && "everyMs" in stall) {
      const phase = (leaves - this.#openedAt) % stall.everyMs;
      if (phase >= stall.everyMs - stall.forMs) leaves += stall.everyMs - phase;
    } else if (stall && this.#delivered >= stallAt) {
      leaves = Math.max(leaves, this.#freeAt + (stall.forMs ?? Infinity));
      stallAt = stallAfter(this.#flow, stallAt + 1);
    }
    const bytes = Math.min(available, this.#segmentBytes(stallAt));
    const freeAt = leaves + (bytesPerSecond ? (bytes * 1000) / bytesPerSecond : 0);
    const travels = latencyMs + (jitterMs ? jitterMs * this.#random() : 0);
    return { bytes, due: freeAt + travels, freeAt, stallAt };
  }

  #segmentBytes(stallAt: number): number {
    const { maxSegmentBytes, randomSegments, bytesPerSecond, resetAfterBytes = Infinity } = this.#flow;
    let most = maxSegmentBytes || Infinity;
    if (!maxSegmentBytes && bytesPerSecond) {
      most = Math.min(LARGEST_SEGMENT, Math.max(ETHERNET_SEGMENT, Math.ceil(bytesPerSecond / 100)));
    }
    if (randomSegments) most = 1 + Math.floor(this.#random() * (maxSegmentBytes || ETHERNET_SEGMENT));
    return Math.max(1, Math.min(most, Math.min(resetAfterBytes, stallAt) - this.#delivered));
  }
}

/** The first place of a stall at or behind `delivered` bytes. */
function stallAfter({ stall }: FlowConditions, delivered: number): number {
  if (!stall || "everyMs" in stall) return Infinity;
  if (delivered <= stall.afterBytes) return stall.afterBytes;
  const every = Math.max(1, stall.afterBytes);
  return stall.repeat ? Math.ceil(delivered / every) * every : Infinity;
}
