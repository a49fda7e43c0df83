import { expect, it } from "vitest";
import { turn } from "../../testing/index.ts";
import { VirtualNetwork } from "./index.ts";
import { askForTurn } from "./turns.ts";

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
