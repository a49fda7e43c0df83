import type { FlowConditions } from "./conditions.ts";

/** What arrives next. */
export interface Segment {
  readonly bytes: number;
  /** Time of the clock; `Infinity` in a stall without end. */
  readonly due: number;
}

/**
 * One direction of a connection under conditions. Strategy: no queue and no timer of its own. Bytes stay in
 * the receiver's queue with the time they were written, and when a segment arrives is a formula of that
 * time and of the segment before it. So a paused receiver, a late timer or a stepped clock change nothing
 * about who arrives when. Nothing overtakes, because a segment is planned once the one before was taken.
 * A change of conditions is a new line: it holds for every byte that has not arrived, as though that were
 * written at the change.
 */
export interface Line {
  /** Bytes of the direction after which the connection breaks. */
  readonly breaksAfter: number;
  /**
   * Plans what arrives next of `available` bytes that were written at `writtenAt` (0 for an end or a reset), after
   * `delivered` bytes arrived.
   */
  plan(delivered: number, writtenAt: number, available: number): Segment;
}

const ETHERNET_SEGMENT = 1460;
const LARGEST_SEGMENT = 65_536;

/**
 * @param random its dice
 * @param openedAt time at which the connection was opened
 * @param since time of the change that made it a line
 * @returns `undefined` where all is instant and faultless.
 */
export function lineUnder(
  flow: FlowConditions,
  random: () => number,
  openedAt: number,
  since: number,
): Line | undefined {
  const { latencyMs = 0, jitterMs = 0, bytesPerSecond = 0, maxSegmentBytes, randomSegments } = flow;
  const { stall, resetAfterBytes: breaksAfter = Infinity } = flow;
  if (
    !(latencyMs || jitterMs || bytesPerSecond || maxSegmentBytes || randomSegments || stall) &&
    breaksAfter === Infinity
  )
    return undefined;
  let freeAt = Math.max(openedAt, since);
  return {
    breaksAfter,
    plan(delivered, writtenAt, available) {
      let leaves = Math.max(writtenAt, freeAt);
      let most = maxSegmentBytes || (bytesPerSecond ? sensibleSegment(bytesPerSecond) : Infinity);
      if (randomSegments) most = Math.ceil(random() * (maxSegmentBytes || ETHERNET_SEGMENT));
      if (stall && "everyMs" in stall) {
        const phase = (leaves - openedAt) % stall.everyMs;
        if (phase >= stall.everyMs - stall.forMs) leaves += stall.everyMs - phase;
      } else if (stall) {
        const { afterBytes, forMs = Infinity, repeat } = stall;
        const every = repeat ? Math.max(1, afterBytes) : Infinity;
        const left = delivered > afterBytes ? every - 1 - ((delivered - 1) % every) : afterBytes - delivered;
        if (left === 0) leaves = Math.max(leaves, freeAt + forMs);
        most = Math.min(most, left || every);
      }
      const bytes = Math.min(available, Math.max(1, Math.min(most, breaksAfter - delivered)));
      freeAt = leaves + (bytesPerSecond && (bytes * 1000) / bytesPerSecond);
      return { bytes, due: freeAt + latencyMs + jitterMs * random() };
    },
  };
}

/** 10 ms worth of the bandwidth. */
function sensibleSegment(bytesPerSecond: number): number {
  return Math.min(LARGEST_SEGMENT, Math.max(ETHERNET_SEGMENT, Math.ceil(bytesPerSecond / 100)));
}
