import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fuzz, smaller } from "./engine.ts";
import { Random } from "./random.ts";
import { targets } from "./targets/index.ts";

const folder = new URL("regressions/", import.meta.url);

describe("what was found once", () => {
  for (const file of readdirSync(folder)) {
    it(file.replaceAll("-", " "), async () => {
      const target = targets.find(({ name }) => file.startsWith(`${name}-`));
      expect(target).toBeDefined();
      await target?.run(new Uint8Array(readFileSync(new URL(file, folder))));
    });
  }
});

describe("the seeds of", () => {
  for (const { name, seeds, run } of targets) {
    it(name, async () => {
      for (const seed of seeds) await run(seed.slice());
    });
  }
});

describe("the fuzzer", () => {
  /** Fails behind four right letters, each of which is a place of its own. */
  function lock(): { run(input: Uint8Array): void; harvest(): number; places: number } {
    const seen = new Set<number>();
    let depth = 0;
    return {
      run(input) {
        const key = "open";
        for (depth = 0; depth < key.length; depth++) if (input[depth] !== key.charCodeAt(depth)) return;
        throw new Error("opened");
      },
      harvest: () => (seen.has(depth) ? 0 : seen.add(depth) && 1),
      get places() {
        return seen.size;
      },
    };
  }
  const target = (run: (input: Uint8Array) => void) => ({
    ...{ name: "lock", seeds: [new Uint8Array(8)], dictionary: ["o", "p", "e", "n"] },
    run,
  });
  const quiet = { begins() {}, ended() {} };

  it("finds its way by what it sees of the program, and makes the find small", async () => {
    const seeing = lock();
    let runs = 0;
    const found = await fuzz(target(seeing.run), seeing, new Random(1), () => ++runs > 300_000, quiet);
    expect(String(found.find?.error)).toBe("Error: opened");
    const least = await smaller(
      target(seeing.run),
      found.find ?? { input: new Uint8Array(), error: "" },
      () => false,
    );
    expect(new TextDecoder().decode(least)).toBe("open");
  });

  it("comes again with the seed of its random numbers", async () => {
    const run = async () => {
      let runs = 0;
      const seeing = lock();
      return fuzz(target(seeing.run), seeing, new Random(7), () => ++runs > 2000, quiet);
    };
    expect((await run()).corpus).toEqual((await run()).corpus);
  });
});
