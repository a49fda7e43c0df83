import { afterEach, describe, expect, it } from "vitest";
import { FakeClock, settled, WireClient } from "../../testing/index.ts";
import { type MessagePortSocketOptions, messagePortSocket } from "./index.ts";
import { VERSION, WINDOW } from "./protocol.ts";

const ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

/** Node's do; Chromium 156's do not. */
const portsHaveCloseEvents = "onclose" in MessagePort.prototype || "process" in globalThis;

/** A socket, and the bare port of its other side with what it heard. */
function half(options: MessagePortSocketOptions = {}) {
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  const heard: unknown[] = [];
  port2.onmessage = ({ data }) => {
    if (data[0] !== "lock") heard.push(data);
  };
  const socket = messagePortSocket(port1, options);
  return { socket, client: new WireClient(socket), port: port2, heard };
}

/** Two sockets, each the other's. */
function pair(options: MessagePortSocketOptions = {}) {
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  return [messagePortSocket(port1, options), messagePortSocket(port2, options)] as const;
}

const hello = ["hello", "socket", VERSION];

describe("what a socket over a MessagePort sends", () => {
  it("joins the writes of a turn in one buffer, behind its hello", async () => {
    const { socket, heard } = half();
    socket.write("one, ");
    socket.write(new TextEncoder().encode("two, "));
    socket.write("three");
    socket.end();
    await settled();
    expect(heard).toEqual([["hello", "socket", 1, undefined], expect.any(ArrayBuffer), ["end"]]);
    expect(new TextDecoder().decode(heard[1] as ArrayBuffer)).toBe("one, two, three");
  });

  it("leaves the writer's buffer as it was, whole or a view, given away or not", async () => {
    const [one, other] = pair();
    const peer = new WireClient(other);
    const whole = new Uint8Array(1000).fill(1);
    one.write(whole);
    one.write(whole.subarray(10, 20));
    one.write(whole, true);
    await peer.read(2010);
    expect([whole.length, whole.buffer.byteLength, peer.bytes.every((byte) => byte === 1)]).toEqual([
      1000,
      1000,
      true,
    ]);
  });

  it("stops at the window until the other side gives credit", async () => {
    const { socket, client, port, heard } = half();
    const underWay = () =>
      heard.reduce<number>((sum, data) => sum + (data instanceof ArrayBuffer ? data.byteLength : 0), 0);
    port.postMessage(hello);
    expect(socket.write(new Uint8Array(WINDOW + 100_000))).toBe(false);
    await settled();
    expect(underWay()).toBe(WINDOW);
    expect(client.events).toEqual([]);
    port.postMessage(["credit", 60_000]);
    await settled();
    expect(underWay()).toBe(WINDOW + 60_000);
    port.postMessage(["credit", 60_000]);
    await settled();
    expect([underWay(), client.events]).toEqual([WINDOW + 100_000, ["drain"]]);
  });
});

describe("a socket over a MessagePort is reset", () => {
  const nonsense: Record<string, unknown> = {
    "a string": "hello",
    nothing: undefined,
    null: null,
    "a number": 7,
    "an object": { type: "end" },
    "an empty array": [],
    "an unknown word": ["launch"],
    "an empty buffer": new ArrayBuffer(0),
    "a view": new Uint8Array(3),
    "credit of nothing": ["credit", 0],
    "credit below nothing": ["credit", -5],
    "credit without a number": ["credit", "1e9"],
    "credit without an end": ["credit", Number.POSITIVE_INFINITY],
    "a hello without a version": ["hello", "socket"],
    "a second hello": hello,
    "credit for what was not sent": ["credit", 1],
    "a lock without a name": ["lock"],
    "a lock that is somebody else's": ["lock", "the leader"],
    "a connect": ["connect", "localhost", 80, 1, null],
  };
  it.each(Object.keys(nonsense))("by nonsense: %s", async (name) => {
    const { client, port, heard } = half();
    port.postMessage(hello);
    port.postMessage(nonsense[name]);
    expect(await client.closed()).toBe("failed");
    expect(client.error).toMatchObject({ name: "NetworkError", code: "EPROTO" });
    await settled();
    expect(heard.at(-1)).toEqual(["reset", "EPROTO"]);
  });

  it("by bytes, an end or a hello out of turn", async () => {
    for (const words of [
      [new ArrayBuffer(4)],
      [hello, ["end"], new ArrayBuffer(4)],
      [hello, ["end"], ["end"]],
    ]) {
      const { client, port } = half();
      for (const word of words) port.postMessage(word);
      await client.waitFor(({ state }) => state === "failed");
      expect(client.error).toMatchObject({ code: "EPROTO" });
    }
  });

  it("by small talk without end", async () => {
    const { client, port } = half({ clock: new FakeClock() });
    port.postMessage(hello);
    for (let count = 0; count < 2500; count++) port.postMessage([count % 2 ? "ping" : "pong"]);
    await settled();
    expect(client.state).toBe("open");
    port.postMessage(["pong"]);
    await client.closed();
    expect(client.error).toMatchObject({ code: "EPROTO" });
  });

  it("by more bytes than it gave credit for", async () => {
    const { client, port } = half();
    client.socket.pause();
    port.postMessage(hello);
    port.postMessage(new ArrayBuffer(WINDOW));
    port.postMessage(new ArrayBuffer(1));
    await client.closed();
    expect(client.error).toMatchObject({ code: "EPROTO" });
  });

  it("by another version, which both sides say clearly", async () => {
    const { client, port, heard } = half();
    port.postMessage(["hello", "socket", VERSION + 1]);
    await client.closed();
    expect(client.error).toMatchObject({ code: "EPROTONOSUPPORT" });
    expect(client.error?.message).toContain("version 2 of the protocol, this one 1");
    await settled();
    expect(heard.at(-1)).toEqual(["reset", "EPROTONOSUPPORT"]);
  });

  it("by a link on the other side", async () => {
    const { client, port } = half();
    port.postMessage(["hello", "link", VERSION]);
    await client.closed();
    expect(client.error?.message).toContain("not a socket");
  });

  it("with the code that the other side gives, or a plain one for a code that is none", async () => {
    for (const [said, code] of [
      ["ETIMEDOUT", "ETIMEDOUT"],
      ["<script>", "ECONNRESET"],
      [42, "ECONNRESET"],
    ]) {
      const { client, port } = half();
      port.postMessage(["reset", said]);
      await client.closed();
      expect(client.error).toMatchObject({ code });
    }
  });
});

describe("the other side of a MessagePort", () => {
  it("that closes its port is a reset, at once where ports have a close event", async () => {
    const clock = new FakeClock();
    const { client, port } = half({ clock, heartbeatMs: 1000 });
    port.postMessage(hello);
    await settled();
    port.close();
    await settled();
    if (!portsHaveCloseEvents) await clock.advance(4000);
    expect(await client.closed()).toBe("reset");
  });

  it("that vanishes without a word is a reset after three pings", async () => {
    // A service worker that the browser stops is like that: its port gets no close event.
    const clock = new FakeClock();
    const { client, port, heard } = half({ clock, heartbeatMs: 1000 });
    port.postMessage(hello);
    await clock.advance(3999);
    expect(client.state).toBe("open");
    expect(heard.slice(1)).toEqual([["ping"], ["ping"], ["ping"]]);
    await clock.advance(1);
    expect(await client.closed()).toBe("reset");
    expect(clock.pending).toBe(0);
  });

  it("that is quiet but there stays connected", async () => {
    const clock = new FakeClock();
    const [one, other] = pair({ clock, heartbeatMs: 1000 });
    const ends = [new WireClient(one), new WireClient(other)];
    await clock.advance(60_000);
    expect(ends.map(({ state }) => state)).toEqual(["open", "open"]);
    for (const end of ends) end.end();
    await Promise.all(ends.map((end) => end.closed()));
    expect(clock.pending).toBe(0);
  });

  it("is heard to its end by who paused, though its port has closed", async () => {
    const [one, other] = pair();
    const near = new WireClient(one);
    const far = new WireClient(other, { paused: true });
    far.socket.end();
    await near.send("the last words");
    near.end();
    expect(await near.closed()).toBe("closed");
    await settled();
    far.socket.resume();
    expect(await far.readToEnd()).toBe("the last words");
    expect(await far.closed()).toBe("closed");
  });
});
