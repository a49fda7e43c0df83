import { expect, it } from "vitest";
import { systemClock } from "../../socket/index.ts";
import { Channel } from "./channel.ts";
import type { PortLike } from "./protocol.ts";

/** A port whose other end is still on its way. */
class FakePort implements PortLike {
  readonly said: unknown[] = [];
  closed = false;
  readonly #listeners = new Set<(event: unknown) => void>();

  postMessage(message: unknown): void {
    this.said.push(message);
  }

  addEventListener(type: string, listener: (event: unknown) => void): void {
    if (type === "message") this.#listeners.add(listener);
  }

  removeEventListener(_: string, listener: (event: unknown) => void): void {
    this.#listeners.delete(listener);
  }

  start(): void {}

  close(): void {
    this.closed = true;
  }

  hear(data: unknown): void {
    for (const listener of [...this.#listeners]) listener({ data });
  }
}

function channelOver(port: FakePort, heard: unknown[]): Channel {
  const events = {
    onHello: () => heard.push("hello"),
    onMessage: (message: unknown) => heard.push(message),
    onFailure: (error: unknown) => heard.push(error),
  };
  return new Channel(port, "socket", events, { clock: systemClock, heartbeatMs: 0 });
}

it("closes its port once the other side was heard, when it ends before: Firefox would drop what was said", () => {
  const port = new FakePort();
  const heard: unknown[] = [];
  const channel = channelOver(port, heard);
  channel.close("ECONNRESET");
  expect(port.said.map((message) => (message as unknown[])[0])).toEqual(["hello", "reset"]);
  expect(port.closed).toBe(false);
  port.hear(["hello", "socket", 1]);
  expect(port.closed).toBe(true);
  expect(heard).toEqual([]);
});

it("closes its port at once when the other side is there", () => {
  const port = new FakePort();
  const channel = channelOver(port, []);
  port.hear(["hello", "socket", 1]);
  channel.close("ECONNRESET");
  expect(port.closed).toBe(true);
});
