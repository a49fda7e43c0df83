import { expect, it } from "vitest";
import { VirtualNetwork } from "../adapters/virtual/index.ts";
import { FakeClock, settled, WireClient } from "../testing/index.ts";
import { HttpServer } from "./server.ts";

const POST = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc";
const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
/** Longer than any timeout. */
const LONG_MS = 120_000;

/** A callback that answers at once and runs on until it is told to end. */
async function answered(sent: string) {
  const [network, clock] = [new VirtualNetwork(), new FakeClock()];
  const server = new HttpServer({ network, clock });
  let end = () => {};
  let signal: AbortSignal | undefined;
  const serving = server.serve(80, async (request) => {
    signal = request.signal;
    await request.respond(200, request.method);
    await new Promise<void>((resolve) => {
      end = resolve;
    });
  });
  await settled();
  const client = await WireClient.connect(network, { host: "localhost", port: 80 });
  await client.send(sent);
  expect(await client.read(/POST|GET/)).toContain("200 OK");
  const close = async () => {
    await server.close({ graceMs: 0 });
    await serving;
  };
  return { client, clock, end: () => end(), aborted: () => signal?.aborted, close };
}

it("a callback that runs on behind its answer keeps a connection whose body is unread, whatever the timeouts", async () => {
  const { client, clock, end, close } = await answered(POST);
  await clock.advance(LONG_MS);
  expect(client.state).toBe("open");
  await client.send(`def${GET}`);
  await settled();
  expect(client.unread).toBe("");
  end();
  expect(await client.read("GET")).toContain("200 OK");
  await close();
});

it("and no longer than until the server closes, or the client is seen to go", async () => {
  const first = await answered(POST);
  await first.close();
  expect(await first.client.closed()).toBe("reset");
  const second = await answered(POST);
  second.client.destroy();
  expect(await second.client.closed()).toBe("closed");
  await settled();
  expect(second.aborted()).toBe(false); // it has its answer
  await second.close();
});

it("keeps none whose request had no body: the next one is served meanwhile", async () => {
  const { client, close } = await answered(GET);
  await client.send(GET);
  expect(await client.read("GET")).toContain("200 OK");
  await close();
});
