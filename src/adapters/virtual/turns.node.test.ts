import { expect, it, vi } from "vitest";
import { soon } from "../../socket/clock.ts";
import { turn } from "../../testing/index.ts";
import { VirtualNetwork } from "./index.ts";

// A worker in a page, Deno and Bun run the cases with nothing that could put a spy in a module's place.
vi.mock("../../socket/clock.ts", { spy: true });

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
