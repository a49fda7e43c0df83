import { describe, expect, it } from "vitest";
import { FakeClock } from "./fake-clock.ts";

describe("FakeClock", () => {
  it("runs timers in the order of their time, each at its own time", async () => {
    const clock = new FakeClock(1000);
    const ran: string[] = [];
    clock.setTimeout(() => ran.push(`b at ${clock.now()}`), 20);
    clock.setTimeout(() => ran.push(`a at ${clock.now()}`), 10);
    clock.setTimeout(() => ran.push(`c at ${clock.now()}`), 20);
    await clock.advance(20);
    expect(ran).toEqual(["a at 1010", "b at 1020", "c at 1020"]);
  });

  it("stands still until it is advanced, and then no further than it was told", async () => {
    const clock = new FakeClock(0);
    let ran = 0;
    clock.setTimeout(() => ran++, 100);
    await clock.advance(99);
    expect([ran, clock.now(), clock.pending, clock.nextIn]).toEqual([0, 99, 1, 1]);
    await clock.advance(1);
    expect([ran, clock.now(), clock.pending, clock.nextIn]).toEqual([1, 100, 0, undefined]);
  });

  it("never runs a timer that was cleared", async () => {
    const clock = new FakeClock();
    let ran = 0;
    clock.clearTimeout(clock.setTimeout(() => ran++, 1));
    expect(clock.pending).toBe(0);
    await clock.advance(10);
    expect(ran).toBe(0);
  });

  it("runs what a timer set in motion, timers included, before the next timer", async () => {
    const clock = new FakeClock(0);
    const ran: string[] = [];
    clock.setTimeout(() => {
      void Promise.resolve()
        .then(() => new Promise((resolve) => setTimeout(resolve, 0)))
        .then(() => clock.setTimeout(() => ran.push(`inner at ${clock.now()}`), 5));
      ran.push("outer");
    }, 10);
    clock.setTimeout(() => ran.push("last"), 30);
    await clock.advance(30);
    expect(ran).toEqual(["outer", "inner at 15", "last"]);
  });

  it("runs a timer without delay on the next advance, even by nothing", async () => {
    const clock = new FakeClock();
    let ran = 0;
    clock.setTimeout(() => ran++, -5);
    expect(ran).toBe(0);
    await clock.advance(0);
    expect(ran).toBe(1);
  });
});
