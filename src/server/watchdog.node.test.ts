import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { FakeClock } from "../testing/index.ts";
import { Watchdog, type Watched } from "./watchdog.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

it("holds on to nobody once everybody is gone", async () => {
  const clock = new FakeClock();
  const dog = new Watchdog(clock, [4000]);
  const gone = await (async () => {
    const watched: Watched[] = Array.from({ length: 20 }, () => ({ checkDeadlines() {} }));
    for (const each of watched) dog.add(each);
    await clock.advance(1000);
    for (const each of watched) dog.delete(each);
    return watched.map((each) => new WeakRef(each));
  })();
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  expect(gone.filter((each) => each.deref() !== undefined)).toEqual([]);
  expect(dog.watched.size).toBe(0);
});
