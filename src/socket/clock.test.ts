import { expect, it } from "vitest";
import { systemClock } from "./clock.ts";

it("waits for ever where a platform's own timer would not wait at all", async () => {
  let called = 0;
  const timers = [Infinity, 2 ** 31, 2 ** 40].map((ms) => systemClock.setTimeout(() => called++, ms));
  await new Promise((resolve) => setTimeout(resolve, 20));
  for (const timer of timers) systemClock.clearTimeout(timer);
  expect(called).toBe(0);
});
