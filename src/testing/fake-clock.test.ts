import { describe, expect, it } from "vitest";
import { VirtualNetwork } from "../adapters/virtual/index.ts";
import { FakeClock } from "./fake-clock.ts";
import { settled } from "./turn.ts";
import { WaitFailed } from "./wake-up.ts";

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

  it("runs timers of the platform before its own next one, however many of its own ran before", async () => {
    const clock = new FakeClock(0);
    const ran: string[] = [];
    ticks(clock, 300, (now) => {
      if (now === 250) setTimeout(() => ran.push(`platform's at ${clock.now()}`), 0);
      if (now === 251) ran.push("next");
    });
    await clock.advance(300);
    expect(ran).toEqual(["platform's at 250", "next"]);
  });

  it("lets two peers that have much to say to each other come to their end before its next timer", async () => {
    const clock = new FakeClock(0);
    let endedAt: number | undefined;
    const { begin } = await talkers(clock, 1200, () => {
      endedAt = clock.now();
    });
    ticks(clock, 300, (now) => now === 250 && begin());
    await clock.advance(300);
    expect(endedAt).toBe(250);
  });

  it("comes back from a step in which two peers go on for ever", async () => {
    const clock = new FakeClock(0);
    const { begin, stop, said } = await talkers(clock, Infinity);
    ticks(clock, 152, (now) => now === 150 && begin());
    await clock.advance(152);
    expect(clock.now()).toBe(152);
    // Where all files share a process, every later step of a clock would wait in vain for these two.
    stop();
    await settled();
    const before = said();
    await settled();
    expect([before > 0, said() - before]).toEqual([true, 0]);
  });

  it("passes until a promise is settled, and no further", async () => {
    const clock = new FakeClock(0);
    const later = (ms: number) => new Promise<number>((resolve) => clock.setTimeout(() => resolve(ms), ms));
    clock.setTimeout(() => {}, 3000);
    expect(await clock.until(later(2000).then((ms) => later(ms / 2)))).toBe(1000);
    expect([clock.now(), clock.pending]).toEqual([3000, 0]);
    const failure = new Error("failed");
    await expect(clock.until(later(5).then(() => Promise.reject(failure)))).rejects.toBe(failure);
  });

  it("waits for what takes the platform's time, once no timer is left", async () => {
    const clock = new FakeClock(0);
    expect(await clock.until(new Promise((resolve) => setTimeout(() => resolve("came"), 20)))).toBe("came");
  });

  it("says so when what it passes for has not come", async () => {
    const clock = new FakeClock(0);
    const again = () => void clock.setTimeout(again, 600);
    again();
    const never = new Promise(() => {});
    await expect(clock.until(never, { withinMs: 1000 })).rejects.toThrow(
      new WaitFailed("Not settled within 1000 ms: the next timer is due in 600 ms"),
    );
    expect(clock.now()).toBe(600);
    await expect(new FakeClock().until(never)).rejects.toThrow(/86400000 ms: no timer is left/);
  });
});

/** Sets a timer for each millisecond. */
function ticks(clock: FakeClock, count: number, at: (now: number) => unknown): void {
  clock.setTimeout(() => {
    at(clock.now());
    if (count > 1) ticks(clock, count - 1, at);
  }, 1);
}

/** Two peers that answer each other octet by octet from `begin` to `stop`, or until they said `count`: then `ended`. */
async function talkers(clock: FakeClock, count: number, ended?: () => void) {
  const network = new VirtualNetwork({ clock });
  const listener = await network.listen({ port: 80 });
  const [client, server] = await Promise.all([
    network.connect({ host: "localhost", port: 80 }),
    listener.accept(),
  ]);
  let said = 0;
  for (const socket of [client, server]) {
    const onData = () => {
      if (++said < count) socket.write("x");
      else if (said === count) ended?.();
    };
    socket.open({ onData, onEnd() {}, onDrain() {}, onClose() {} });
  }
  return { begin: () => void client.write("x"), stop: () => client.destroy(), said: () => said };
}
