import { afterEach, expect, it, vi } from "vitest";
import { soon } from "../../socket/clock.ts";
import { turn } from "../../testing/index.ts";
import { VirtualNetwork } from "./index.ts";
import { askForTurn } from "./turns.ts";

vi.mock("../../socket/clock.ts", { spy: true });
afterEach(() => vi.restoreAllMocks());

it("lets the event loop go on while two peers answer each other for ever", async () => {
  // Each answers from onData, so that without a pause the loop would never leave its microtasks.
  const network = new VirtualNetwork();
  const listener = await network.listen({ port: 80 });
  const client = await network.connect({ host: "localhost", port: 80 });
  const server = await listener.accept();
  let rounds = 0;
  for (const socket of [client, server]) {
    socket.open({
      onData() {
        rounds++;
        socket.write("ball");
      },
      onEnd() {},
      onDrain() {},
      onClose() {},
    });
  }
  client.write("ball");
  const started = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 20));
  const took = performance.now() - started;
  for (let i = 0; i < 5; i++) await turn();
  client.destroy();
  expect(rounds).toBeGreaterThan(100);
  expect(took).toBeLessThan(1000);
});

it("delivers in microtasks, and leaves them after some rounds however the time goes", async () => {
  let rounds = 0;
  const forEver = {
    run() {
      rounds++;
      askForTurn(forEver);
    },
  };
  askForTurn({ run: () => void askForTurn(forEver) });
  await turn();
  rounds = 0;
  for (let i = 0; i < 10 * 128; i++) await undefined;
  expect(rounds).toBeLessThan(129);
  for (let i = 0; i < 4; i++) await turn();
  expect(rounds).toBeGreaterThan(2 * 128);
  forEver.run = () => {};
});

it("goes on with the other sockets, and with the next event, when a handler throws", async () => {
  const network = new VirtualNetwork();
  const listener = await network.listen({ port: 80 });
  const client = await network.connect({ host: "localhost", port: 80 });
  const server = await listener.accept();
  const uncaught: unknown[] = [];
  vi.mocked(soon).mockImplementation((callback) =>
    queueMicrotask(() => {
      try {
        callback();
      } catch (error) {
        uncaught.push(error);
      }
    }),
  );
  const events: string[] = [];
  const fault = new Error("a handler's fault");
  server.open({
    onData() {
      events.push("data");
      throw fault;
    },
    onEnd: () => void events.push("end"),
    onDrain() {},
    onClose: () => void events.push("close"),
  });
  client.write("x");
  client.end();
  await turn();
  expect(events).toEqual(["data", "end"]);
  expect(uncaught).toEqual([fault]);
});
