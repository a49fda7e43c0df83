import { expect, it } from "vitest";
import { settled, WireClient } from "../../testing/index.ts";
import { VirtualNetwork } from "./index.ts";

/** Both ends of a connection. */
async function pair() {
  const network = new VirtualNetwork({ highWaterMark: 1000 });
  const listener = await network.listen({ port: 80 });
  const client = new WireClient(await network.connect({ host: "localhost", port: 80 }));
  return { client, server: new WireClient(await listener.accept()) };
}

it("a socket that is ended twice is ended once: the other direction goes on", async () => {
  const { client, server } = await pair();
  client.end();
  client.end();
  await server.readToEnd();
  await server.send("still here");
  await client.read("still here");
  expect([client.state, server.state]).toEqual(["open", "half-closed"]);
});

it("a socket says once that it drained, whatever comes and goes behind that", async () => {
  const { client, server } = await pair();
  await server.send("x".repeat(2000));
  for (const text of ["a", "b"]) {
    await server.send(text);
    await client.read(text);
    await client.send(text);
    await server.read(text);
  }
  await settled();
  expect(server.events.filter((event) => event === "drain")).toHaveLength(1);
});
