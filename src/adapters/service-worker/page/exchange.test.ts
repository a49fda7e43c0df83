import { describe, expect, test } from "vitest";
import { HttpHeaders } from "../../../http1/headers.ts";
import { systemClock } from "../../../socket/index.ts";
import { FakeClock, WireClient } from "../../../testing/index.ts";
import { VirtualNetwork } from "../../virtual/index.ts";
import { Exchange } from "./exchange.ts";
import type { Outlet } from "./outlet.ts";
import { RequestWriter } from "./request-writer.ts";

/** Writes down what it is told. */
class Notes implements Outlet {
  readonly lines: string[] = [];
  body = "";
  head: Outlet["head"] = ({ status }, body) => {
    const what = body instanceof ArrayBuffer ? new TextDecoder().decode(body) : body;
    this.lines.push(`head ${status} ${what}`);
  };
  refused: Outlet["refused"] = (code) => void this.lines.push(`refused ${code}`);
  chunk: Outlet["chunk"] = (bytes) => {
    this.body += new TextDecoder().decode(bytes);
  };
  end: Outlet["end"] = () => void this.lines.push("end");
  cut: Outlet["cut"] = () => void this.lines.push("cut");
  pull: Outlet["pull"] = () => undefined;
}

async function begin() {
  const network = new VirtualNetwork();
  const listener = await network.listen({ port: 80 });
  const state = { ended: 0, how: "", passed: "" };
  const exchange = new Exchange(
    {
      network,
      clock: systemClock,
      connectMs: 1000,
      translate: (head) => ({ status: head.status, reason: head.reason, headers: [] }),
      passed: (bytes) => {
        state.passed += new TextDecoder().decode(bytes);
      },
      ended: (how) => {
        state.ended++;
        state.how = how;
      },
    },
    "GET",
    new RequestWriter("GET", "/", new HttpHeaders({ Host: "a" }), null),
  );
  const notes = new Notes();
  void exchange.start(80, notes);
  const server = new WireClient(await listener.accept());
  await server.read("\r\n\r\n");
  return { exchange, notes, server, state };
}

const until = (check: () => boolean) => expect.poll(check, { interval: 1 }).toBe(true);

describe("one request of the bridge", () => {
  test("whoever reads along sees every byte once, and whether it was left or its worker died", async () => {
    const whole = await begin();
    await whole.server.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    await until(() => whole.notes.lines.length > 0);
    whole.exchange.attach(new Notes(), null);
    expect(whole.state.passed).toBe("hi");
    for (const how of ["left", "over"] as const) {
      const { exchange, notes, server, state } = await begin();
      await server.send("HTTP/1.1 200 OK\r\n\r\none");
      await until(() => notes.lines.length > 0);
      exchange.pull(100);
      await server.send(" two");
      await until(() => notes.body === "one two");
      expect(state.passed).toBe("one two");
      if (how === "left") exchange.abort();
      else exchange.detach();
      expect(state).toMatchObject({ ended: 1, how });
    }
  });

  test("a small answer that is there at once goes whole, and is kept until it is accepted", async () => {
    const { exchange, notes, server, state } = await begin();
    await server.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    await until(() => notes.lines.length > 0);
    expect(notes.lines).toEqual(["head 200 hi"]);
    expect(exchange.detach()).toBe(true);
    const again = new Notes();
    exchange.attach(again, null);
    expect(again.lines).toEqual(["head 200 hi"]);
    expect(state.ended).toBe(0);
    exchange.accepted();
    expect(state.ended).toBe(1);
  });

  test("no byte of a stream goes before it is pulled, so that a replay gets all of it", async () => {
    const { exchange, notes, server } = await begin();
    await server.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n");
    await until(() => notes.lines.length > 0);
    expect(exchange.detach()).toBe(true);
    const again = new Notes();
    exchange.attach(again, null);
    expect(again.lines).toEqual(["head 200 stream"]);
    exchange.pull(100);
    await server.send("3\r\ntwo\r\n0\r\n\r\n");
    await until(() => again.lines.includes("end"));
    expect(notes.body).toBe("");
    expect(again.body).toBe("onetwo");
  });

  test("a stream whose worker died is aborted: the server sees a reset", async () => {
    const { exchange, notes, server, state } = await begin();
    await server.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n");
    await until(() => notes.lines.length > 0);
    exchange.pull(100);
    expect(notes.body).toBe("one");
    expect(exchange.detach()).toBe(false);
    expect(state.ended).toBe(1);
    expect(await server.closed()).toBe("reset");
  });

  test("credit holds a stream back", async () => {
    const { exchange, notes, server } = await begin();
    const [one, two] = ["1".repeat(1000), "2".repeat(1000)]; // smaller ones are joined
    await server.send(
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n${one}\r\n3e8\r\n${two}\r\n`,
    );
    await until(() => notes.lines.length > 0);
    exchange.pull(1);
    expect(notes.body).toBe(one);
    exchange.pull(1000);
    expect(notes.body).toBe(one + two);
  });

  test.each([
    ["chunked, ended in the middle", "Transfer-Encoding: chunked\r\n\r\n3\r\none\r\n", "end", "cut"],
    ["by length, ended early", "Content-Length: 9\r\n\r\none", "end", "cut"],
    ["until the close, ended", "\r\none", "end", "end"],
    ["until the close, reset", "\r\none", "destroy", "cut"],
    ["broken chunks", "Transfer-Encoding: chunked\r\n\r\n3\r\none!!\r\n", "end", "cut"],
  ] as const)("the end of a body: %s", async (_, rest, how, wanted) => {
    const { exchange, notes, server } = await begin();
    await server.send(`HTTP/1.1 200 OK\r\n${rest}`);
    await until(() => notes.lines.length > 0);
    exchange.pull(2);
    server[how]();
    exchange.pull(100);
    await until(() => notes.lines.length > 1);
    expect(notes.lines).toEqual(["head 200 stream", wanted]);
    expect(notes.body).toBe("one");
  });

  test.each([
    ["hangs up", "", "end", "ConnectionLost"],
    ["resets", "HTTP/1.1 200", "destroy", "ConnectionLost"],
    ["speaks something else", "SSH-2.0-x\r\n\r\n", "end", "InvalidResponse"],
    ["changes the protocol", "HTTP/1.1 101 Switching Protocols\r\n\r\n", "end", "InvalidResponse"],
  ] as const)("a server that %s before its head is a refusal", async (_, bytes, how, wanted) => {
    const { notes, server } = await begin();
    await server.send(bytes);
    server[how]();
    await until(() => notes.lines.length > 0);
    expect(notes.lines).toEqual([`refused ${wanted}`]);
  });

  test("a port where nobody listens is a refusal", async () => {
    const notes = new Notes();
    const exchange = new Exchange(
      {
        network: new VirtualNetwork(),
        clock: systemClock,
        connectMs: 1000,
        translate: () => ({ status: 200, reason: "", headers: [] }),
        ended: () => undefined,
      },
      "GET",
      new RequestWriter("GET", "/", new HttpHeaders(), null),
    );
    await exchange.start(81, notes);
    expect(notes.lines).toEqual(["refused ServerGone"]);
  });

  test("a server that never accepts is a refusal after its time", async () => {
    const clock = new FakeClock();
    const notes = new Notes();
    const network = new VirtualNetwork({ blackHole: true, clock });
    const exchange = new Exchange(
      {
        network,
        clock,
        connectMs: 1000,
        translate: () => ({ status: 200, reason: "", headers: [] }),
        ended: () => undefined,
      },
      "GET",
      new RequestWriter("GET", "/", new HttpHeaders(), null),
    );
    const started = exchange.start(80, notes);
    await clock.advance(999);
    expect(notes.lines).toEqual([]);
    await clock.advance(1);
    await started;
    expect(notes.lines).toEqual(["refused ServerGone"]);
  });
});
