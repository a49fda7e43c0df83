/**
 * Nothing goes wrong with a plain request, and so no error is made for it: one costs as much as all the rest of a small
 * answer, since its stack is taken. Such an error, made in case it should be wanted, once had JSON take half as long again.
 *
 * Every module is loaded behind the stand-ins for the platform's errors, so that their own classes extend those.
 */
import { type EventEmitter, once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { afterAll, describe, expect, it } from "vitest";
import type { RequestCallback } from "./types.ts";

let made: string[] = [];
const own = { Error, TypeError, RangeError, SyntaxError, DOMException };
for (const [name, original] of Object.entries(own)) {
  const counting = new Proxy(original, {
    construct(target, args, newTarget) {
      const error: Error = Reflect.construct(target, args, newTarget);
      made.push(`${newTarget.name}: ${error.message}`);
      return error;
    },
  });
  Object.assign(globalThis, { [name]: counting });
}
// Node makes the signal's reason by itself.
const { abort } = AbortController.prototype;
AbortController.prototype.abort = function (reason) {
  if (reason === undefined) made.push("AbortError");
  return abort.call(this, reason);
};
afterAll(() => {
  Object.assign(globalThis, own);
  AbortController.prototype.abort = abort;
});

const { AsyncHttpServer, VirtualNetwork, fetchHandler } = await import("../index.node.ts");
const { createServer } = await import("../node-http/index.node.ts");
const { WireClient } = await import("../testing/wire-client.ts");

const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const JSON_BODY = '{"name":"Ada"}';
const head = `POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${JSON_BODY.length}\r\n\r\n`;
const POST = head + JSON_BODY;
const hello: RequestCallback = (request) => request.respond(200, "Hello World");
const json: RequestCallback = async (request) => request.respond(200, JSON.stringify(await request.json()));
const ROUNDS = 5;
const ANSWER_END = /Hello World|"Ada"\}/;

const KINDS: readonly [string, RequestCallback, string[]][] = [
  ["GET", hello, [GET]],
  ["POST of JSON", json, [POST]],
  ["POST of JSON whose body comes later", json, [head, JSON_BODY]],
  ["POST whose body nobody reads", hello, [POST]],
  ["GET through fetchHandler", fetchHandler(() => new Response("Hello World")), [GET]],
  [
    "POST of JSON through fetchHandler",
    fetchHandler(async (request) => Response.json(await request.json())),
    [POST],
  ],
];

/** Sends the pieces of a request, each when the one before has been read, over and over; what was made meanwhile. */
async function errorsOf(
  pieces: readonly string[],
  send: (piece: string) => unknown,
  answer: () => Promise<string>,
) {
  made = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const piece of pieces) {
      await send(piece);
      if (piece !== pieces.at(-1)) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(await answer()).toMatch(/^HTTP\/1\.1 200 /);
  }
  return made;
}

describe.each(KINDS)("%s", (_, callback, pieces) => {
  it("makes no error over TCP", async () => {
    const server = new AsyncHttpServer();
    await server.listen(0, { address: "127.0.0.1" });
    void server.acceptRequest(callback);
    const client = connect(server.getPort(), "127.0.0.1").setNoDelay(true);
    await once(client, "connect");
    const errors = await errorsOf(
      pieces,
      (piece) => client.write(piece),
      async () => `${(await once(client, "data"))[0]}`,
    );
    expect(errors).toEqual([]);
    client.destroy();
    await server.close({ graceMs: 0 });
  });

  it("makes no error over the virtual network", async () => {
    const network = new VirtualNetwork();
    const server = new AsyncHttpServer({ network });
    await server.listen(80);
    void server.acceptRequest(callback);
    const client = await WireClient.connect(network, { host: "localhost", port: 80 });
    const errors = await errorsOf(
      pieces,
      (piece) => client.send(piece),
      () => client.read(ANSWER_END),
    );
    expect(errors).toEqual([]);
    client.destroy();
    await server.close({ graceMs: 0 });
  });
});

it("makes no error in portico/node-http", async () => {
  const server = createServer((_request, response) => response.end("Hello World")).listen(0, "127.0.0.1");
  await once(server as unknown as EventEmitter, "listening");
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  await once(client, "connect");
  const answer = async () => `${(await once(client, "data"))[0]}`;
  expect(await errorsOf([GET], (piece) => client.write(piece), answer)).toEqual([]);
  client.destroy();
  server.close();
});

it("would be seen here: the server's own errors, and the platform's", async () => {
  made = [];
  await new AsyncHttpServer({ network: new VirtualNetwork() }).listen(-1).catch(() => {});
  new AbortController().abort();
  expect(made).toEqual([expect.stringMatching(/^UsageError: port must be/), "AbortError"]);
});
