/** The network's conditions as a person sets them, and as the virtual network takes them. */
import type { Conditions } from "../../src/adapters/virtual/index.ts";

export const FAULTS = ["none", "refuse", "silence", "reset", "stall", "jitter", "random"] as const;
export type Fault = (typeof FAULTS)[number];

export interface Settings {
  readonly latencyMs: number;
  /** 0: no limit. */
  readonly bytesPerSecond: number;
  /** 0: no limit. */
  readonly maxSegmentBytes: number;
  readonly fault: Fault;
  /** Bytes of a response before the fault, for faults that wait. */
  readonly faultBytes: number;
  /** How long the fault is, for faults that last. */
  readonly faultMs: number;
}

export const CALM: Settings = {
  latencyMs: 0,
  bytesPerSecond: 0,
  maxSegmentBytes: 0,
  fault: "none",
  faultBytes: 100,
  faultMs: 3000,
};

type Amount = "faultBytes" | "faultMs";

/** Which amounts a fault has. */
export const FAULT_AMOUNTS: Readonly<Record<Fault, readonly Amount[]>> = {
  none: [],
  refuse: [],
  silence: [],
  reset: ["faultBytes"],
  stall: ["faultBytes", "faultMs"],
  jitter: ["faultMs"],
  random: [],
};

/** The same settings with another fault, of a size that suits it. */
export function withFault(settings: Settings, fault: Fault): Settings {
  const { faultBytes } = CALM;
  return { ...settings, fault, faultBytes, faultMs: usualMs(fault, settings.latencyMs) };
}

/** Jitter is felt when it is more than the latency. */
function usualMs(fault: Fault, latencyMs: number): number {
  return fault === "jitter" ? Math.max(100, 2 * latencyMs) : CALM.faultMs;
}

export function conditionsOf({ fault, faultBytes, faultMs, ...flow }: Settings): Conditions {
  return { ...flow, ...faultConditions(fault, faultBytes, faultMs) };
}

function faultConditions(fault: Fault, bytes: number, ms: number): Conditions {
  switch (fault) {
    case "none":
      return {};
    case "refuse":
      return { refuse: true };
    case "silence":
      return { blackHole: true };
    case "reset":
      return { toClient: { resetAfterBytes: bytes } };
    case "stall":
      return { toClient: { stall: { afterBytes: bytes, forMs: ms } } };
    case "jitter":
      return { jitterMs: ms };
    case "random":
      return { randomSegments: true };
  }
}

/** Links of before amounts could be set have none: theirs are the usual ones. */
export function readSettings(value: Readonly<Record<string, unknown>>): Settings {
  const number = (name: Exclude<keyof Settings, "fault">, fallback = 0) => {
    const member = value[name];
    return typeof member === "number" && member >= 0 && member <= 1e9 ? member : fallback;
  };
  const latencyMs = Math.min(60_000, number("latencyMs"));
  const fault = FAULTS.find((each) => each === value.fault) ?? "none";
  return {
    latencyMs,
    bytesPerSecond: number("bytesPerSecond"),
    maxSegmentBytes: Math.floor(number("maxSegmentBytes")),
    fault,
    faultBytes: Math.floor(number("faultBytes", CALM.faultBytes)),
    faultMs: Math.min(60_000, number("faultMs", usualMs(fault, latencyMs))),
  };
}
