import { describe, expect, test } from "vitest";
import { HttpHeaders } from "../../../http1/headers.ts";
import { FakeClock } from "../../../testing/index.ts";
import { VirtualNetwork } from "../../virtual/index.ts";
import type { FetchDescription, FirstBytes } from "../protocol.ts";
import { Exchange } from "./exchange.ts";
import { Orphans } from "./orphans.ts";
import { RequestWriter } from "./request-writer.ts";

const described = (change: Partial<FetchDescription> = {}): FetchDescription => ({
  port: 80,
  method: "POST",
  target: "/order",
  headers: [["content-type", "text/plain"]],
  referrer: "",
  mode: "cors",
  destination: "",
  credentials: "same-origin",
  client: "tab-1",
  ...change,
});
const body = (text: string, whole = true): FirstBytes => ({
  bytes: new TextEncoder().encode(text).buffer as ArrayBuffer,
  whole,
});

function orphaned(text: string | null, ended: () => void = () => undefined): Exchange {
  return new Exchange(
    {
      network: new VirtualNetwork(),
      clock: new FakeClock(),
      connectMs: 1000,
      translate: () => ({ status: 200, reason: "", headers: [] }),
      ended,
    },
    "POST",
    new RequestWriter("POST", "/order", new HttpHeaders(), text === null ? null : body(text)),
  );
}

describe("what a dead worker left", () => {
  test("is claimed by the same fetch, once", () => {
    const orphans = new Orphans(new FakeClock(), 10_000);
    const exchange = orphaned("one book");
    orphans.add(exchange, described());
    expect(orphans.claim(described(), body("one book"))).toBe(exchange);
    expect(orphans.claim(described(), body("one book"))).toBeUndefined();
  });

  test.each([
    ["method", { method: "PUT" }],
    ["port", { port: 81 }],
    ["target", { target: "/order?2" }],
    ["client", { client: "tab-2" }],
    ["field", { headers: [["content-type", "text/html"]] as const }],
    ["mode", { mode: "navigate" }],
    ["referrer", { referrer: "https://host.example/" }],
  ])("is not claimed by a fetch of another %s", (_, change) => {
    const orphans = new Orphans(new FakeClock(), 10_000);
    orphans.add(orphaned("one book"), described());
    expect(orphans.claim(described(change), body("one book"))).toBeUndefined();
  });

  test("is told apart by bodies", () => {
    const orphans = new Orphans(new FakeClock(), 10_000);
    const [first, second] = [orphaned("one book"), orphaned("two books")];
    orphans.add(first, described());
    orphans.add(second, described());
    expect(orphans.claim(described(), body("two books"))).toBe(second);
    expect(orphans.claim(described(), body("one", false))).toBe(first);
  });

  test("equal ones are claimed in order, each once", () => {
    const orphans = new Orphans(new FakeClock(), 10_000);
    const both = [orphaned("x"), orphaned("x")];
    for (const each of both) orphans.add(each, described());
    expect(both.map(() => orphans.claim(described(), body("x")))).toEqual(both);
  });

  test("is aborted when nobody comes for it", async () => {
    const clock = new FakeClock();
    const orphans = new Orphans(clock, 10_000);
    let ended = 0;
    orphans.add(
      orphaned("x", () => ended++),
      described(),
    );
    await clock.advance(9_999);
    expect(ended).toBe(0);
    await clock.advance(1);
    expect(ended).toBe(1);
    expect(orphans.claim(described(), body("x"))).toBeUndefined();
    expect(clock.pending).toBe(0);
  });
});
