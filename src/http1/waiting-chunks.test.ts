import { expect, it } from "vitest";
import fc from "../testing/fast-check.ts";
import { concat } from "./octets.ts";
import { WaitingChunks } from "./waiting-chunks.ts";

it("gives what was pushed in order, whatever the sizes are and whenever some is taken out, and changes no chunk", () => {
  const size = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 6000 }));
  fc.assert(
    fc.property(fc.array(fc.option(size, { nil: undefined }), { maxLength: 40 }), (steps) => {
      const waiting = new WaitingChunks();
      const pushed: Uint8Array[] = [];
      const taken: Uint8Array[] = [];
      for (const [i, step] of steps.entries()) {
        const chunk = step === undefined ? waiting.all.shift() : new Uint8Array(step).fill(i + 1);
        if (step === undefined && chunk) taken.push(chunk);
        else if (chunk) {
          pushed.push(chunk);
          waiting.push(chunk);
        }
      }
      expect(concat([...taken, ...waiting.all, new Uint8Array()])).toEqual(
        concat([...pushed, new Uint8Array()]),
      );
      for (const chunk of pushed) expect(new Set(chunk).size).toBe(1);
    }),
  );
});
