import { expect, it, vi } from "vitest";
import { soon } from "../socket/clock.ts";
import { settled } from "../testing/index.ts";
import { UPGRADE, upgradingStage } from "./upgrading.fixture.ts";

// A worker in a page, Deno and Bun run the cases with nothing that could put a spy in a module's place.
vi.mock("../socket/clock.ts", { spy: true });

it("goes on with a consumer that threw, as a page goes on after an error that was reported", async () => {
  const reported: unknown[] = [];
  const spy = vi.mocked(soon).mockImplementation((task) =>
    queueMicrotask(() => {
      try {
        task();
      } catch (error) {
        reported.push(error);
      }
    }),
  );
  try {
    const { client, log, goOn, close } = await upgradingStage((event) => {
      if (event.startsWith("data first")) throw new Error("the consumer's own");
    });
    await client.send(`${UPGRADE}first words`);
    await settled();
    goOn();
    await settled();
    expect(reported).toEqual([new Error("the consumer's own")]);
    await client.send("second words");
    client.end();
    await settled();
    expect(log).toEqual(["data first words Uint8Array", "data second words Uint8Array", "end"]);
    client.destroy();
    await settled();
    expect(log.at(-1)).toBe("close ECONNRESET");
    await close();
  } finally {
    spy.mockRestore();
  }
});
