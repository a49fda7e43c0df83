import { expect, it } from "vitest";
import { FakeClock } from "../testing/index.ts";
import { Watchdog } from "./watchdog.ts";

/** A clock that work makes go on. */
class WorkClock extends FakeClock {
  worked = 0;
  override now(): number {
    return super.now() + this.worked;
  }
}

function stage(count: number, workMs: number) {
  const clock = new WorkClock();
  const dog = new Watchdog(clock, [4000]);
  const looked: number[] = [];
  const watched = Array.from({ length: count }, (_, index) => ({
    checkDeadlines() {
      looked.push(index);
      clock.worked += workMs;
    },
  }));
  for (const each of watched) dog.add(each);
  return { clock, dog, looked, watched };
}

it("looks at everybody once in a quarter of the shortest timeout", async () => {
  const { clock, looked } = stage(3, 0);
  await clock.advance(999);
  expect(looked).toEqual([]);
  await clock.advance(1);
  expect(looked).toEqual([0, 1, 2]);
  await clock.advance(1000);
  expect(looked).toEqual([0, 1, 2, 0, 1, 2]);
});

it("lets others have the loop where a sweep takes long, and goes on with who was not looked at", async () => {
  const { clock, dog, looked, watched } = stage(10, 0.25);
  await clock.advance(1000);
  expect(looked).toEqual([0, 1, 2, 3]);
  dog.delete(watched[5]!);
  await clock.advance(1);
  expect(looked).toEqual([0, 1, 2, 3, 4, 6, 7, 8]);
  await clock.advance(1);
  expect(looked).toEqual([0, 1, 2, 3, 4, 6, 7, 8, 9]);
  await clock.advance(999);
  expect(looked.length).toBe(9);
  await clock.advance(1);
  expect(looked.slice(9)).toEqual([0, 1, 2, 3]);
});

it("sets no timer where there is nobody", () => {
  const { clock, dog, watched } = stage(2, 0);
  expect(clock.pending).toBe(1);
  for (const each of watched) dog.delete(each);
  expect(clock.pending).toBe(0);
});

it("sets one timer again for who comes after everybody had left, and at once for who comes in a sweep", async () => {
  const { clock, dog, looked, watched } = stage(1, 0);
  dog.delete(watched[0]!);
  dog.add(watched[0]!);
  await clock.advance(1000);
  expect(looked).toEqual([0]);
  dog.delete(watched[0]!);
  const other = { checkDeadlines: () => looked.push(2) };
  const last = {
    checkDeadlines() {
      dog.delete(last);
      if (looked.push(1) === 2) dog.add(other);
    },
  };
  dog.add(last);
  await clock.advance(1000);
  expect([looked, clock.pending]).toEqual([[0, 1, 2], 1]);
  dog.delete(other);
  dog.add(last);
  await clock.advance(1000);
  expect([looked, clock.pending]).toEqual([[0, 1, 2, 1], 0]);
});
