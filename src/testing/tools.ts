/**
 * What of `portico/testing` needs no Vitest: a clock and a client for the tests of any runner.
 *
 * @module
 */
export { FakeClock } from "./fake-clock.ts";
export { settled, turn, turns } from "./turn.ts";
export { WaitFailed } from "./wake-up.ts";
export { type Pace, type WaitOptions, type Wanted, WireClient, type WireState } from "./wire-client.ts";
