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
}

export const CALM: Settings = { latencyMs: 0, bytesPerSecond: 0, maxSegmentBytes: 0, fault: "none" };

export function conditionsOf({ fault, ...flow }: Settings): Conditions {
  return { ...flow, ...faultConditions(fault, flow.latencyMs) };
}

function faultConditions(fault: Fault, latencyMs: number): Conditions {
  switch (fault) {
    case "none":
      return {};
    case "refuse":
      return { refuse: true };
    case "silence":
      return { blackHole: true };
    case "reset":
      return { toClient: { resetAfterBytes: 100 } };
    case "stall":
      return { toClient: { stall: { afterBytes: 100, forMs: 3000 } } };
    case "jitter":
      return { jitterMs: Math.max(100, 2 * latencyMs) };
    case "random":
      return { randomSegments: true };
  }
}

export function readSettings(value: Readonly<Record<string, unknown>>): Settings {
  const number = (name: "latencyMs" | "bytesPerSecond" | "maxSegmentBytes") => {
    const member = value[name];
    return typeof member === "number" && member >= 0 && member <= 1e9 ? member : 0;
  };
  return {
    latencyMs: Math.min(60_000, number("latencyMs")),
    bytesPerSecond: number("bytesPerSecond"),
    maxSegmentBytes: Math.floor(number("maxSegmentBytes")),
    fault: FAULTS.find((fault) => fault === value.fault) ?? "none",
  };
}
