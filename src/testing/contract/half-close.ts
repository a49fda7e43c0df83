import { expect, it } from "vitest";
import { settled } from "../turn.ts";
import type { Stage } from "./stage.ts";

export function halfCloseCases(stage: Stage): void {
  for (const first of ["near", "far"] as const) {
    const who = first === "near" ? "the connecting side" : "the accepting side";

    it(`leaves the other direction working when ${who} ends first`, async () => {
      const pair = await stage.wire();
      const [ending, other] = first === "near" ? [pair.near, pair.far] : [pair.far, pair.near];
      await ending.send("last words");
      ending.end();
      expect(await other.readToEnd()).toBe("last words");
      const answer = "answer ".repeat(20_000);
      await other.send(answer);
      expect(await ending.read(answer.length)).toBe(answer);
      expect([ending.state, other.state]).toEqual(["open", "half-closed"]);
      other.end();
      expect(await ending.readToEnd()).toBe("");
      expect([await ending.closed(), await other.closed()]).toEqual(["closed", "closed"]);
    });
  }

  it("ends after everything that was written", async () => {
    const { near, far } = await stage.wire();
    near.socket.write(new Uint8Array(1_000_000));
    near.socket.write("tail");
    near.end();
    const text = await far.readToEnd();
    expect([text.length, text.slice(-4)]).toEqual([1_000_004, "tail"]);
  });

  it("drops what is written after the end, and says so", async () => {
    const { near, far } = await stage.wire();
    near.end();
    expect(near.socket.write("too late")).toBe(false);
    near.end();
    expect(await far.readToEnd()).toBe("");
    expect(await far.closed()).toBe("closed");
    expect(await near.closed()).toBe("closed");
  });

  it("closes both sides when both end at once", async () => {
    const { near, far } = await stage.wire();
    near.socket.write("a");
    far.socket.write("b");
    near.end();
    far.end();
    expect([await near.closed(), await far.closed()]).toEqual(["closed", "closed"]);
    expect([near.text, far.text]).toEqual(["b", "a"]);
  });

  it("stays half-closed for as long as the other side likes", async () => {
    const { near, far } = await stage.wire();
    near.end();
    await far.readToEnd();
    await settled();
    expect([near.events, far.events]).toEqual([[], ["end"]]);
  });
}
