import { VirtualNetwork } from "../../../src/adapters/virtual/index.ts";
import { HttpServer } from "../../../src/server/server.ts";
import { WireClient } from "../../../src/testing/wire-client.ts";
import { cuttings, holds, same } from "../check.ts";
import type { Target } from "../engine.ts";
import { foundSeeds, octets, requestSeeds, requestWords } from "../seeds.ts";
import { type Read, readRequests } from "./request.ts";
import { type ReadResponse, readResponses } from "./response.ts";

const PORT = 80;
let network: VirtualNetwork | undefined;

/** A server that answers every request with its body. */
async function start(): Promise<VirtualNetwork> {
  const made = new VirtualNetwork();
  const timeouts = { headersMs: 0, bodyMs: 0, keepAliveMs: 0, writeStallMs: 0 };
  const server = new HttpServer({ network: made, timeouts, onError: () => {} });
  await server.listen(PORT);
  void (async () => {
    while (server.listening)
      await server.acceptRequest(async (request) => request.respond(200, await request.bytes()));
  })();
  return made;
}

async function answers(pieces: readonly Uint8Array[]): Promise<Uint8Array> {
  network ??= await start();
  const client = await WireClient.connect(network, { host: "localhost", port: PORT });
  for (const piece of pieces) {
    client.socket.write(piece);
    if (pieces.length > 1) await undefined;
  }
  client.end();
  await client.readToEnd({ withinMs: 10_000 });
  client.destroy();
  return client.bytes;
}

/**
 * A whole server on a virtual network, which answers each request with its body.
 *
 * 1. What comes back are whole responses and nothing else.
 * 2. There is no answer beyond what was asked: one for each request that came whole, with the body of that one, in order,
 *    until the connection is not to be kept; then at most one that refuses what followed.
 * 3. However the octets are cut, the same is answered.
 */
export const server: Target = {
  name: "server",
  seeds: [...octets(requestSeeds), ...foundSeeds()],
  dictionary: requestWords,
  async run(input) {
    const { requests, heads, unfinished, error } = readRequests([input]);
    const served = upToClose(requests);
    const closes = served.length < requests.length || served.at(-1)?.keepAlive === false;
    const methods = [...served.map(({ method }) => method), unfinished ?? "GET"];
    const [whole, , odd] = cuttings(input);
    const finals: ReadResponse[][] = [];
    for (const pieces of [whole!, odd!]) {
      const read = readResponses([await answers(pieces)], methods);
      same("an answer that is no response", [undefined, true], [read.error, read.whole]);
      const final = read.responses.filter(({ status }) => status >= 200);
      const beyond = final.slice(served.length);
      same(
        "other answers than were asked for",
        served.map(({ method, body }) => [200, method === "HEAD" || method === "CONNECT" ? "" : body]),
        final.slice(0, served.length).map(({ status, body }) => [status, body]),
      );
      holds("more than one answer beyond what was asked", beyond.length <= 1);
      holds(
        "an answer to nothing",
        beyond.length === 0 ||
          (!closes && (error !== undefined || heads > requests.length || beyond[0]!.status === 400)),
      );
      holds(
        "an answer that is none of a refusal",
        beyond.every(({ status }) => status >= 400),
      );
      finals.push(final);
    }
    same("cut otherwise, other answers", statuses(finals[0]), statuses(finals[1]));
  },
};

const statuses = (responses: readonly ReadResponse[] = []) => responses.map(({ status }) => status);

/** The requests that the connection is open for. */
function upToClose(requests: readonly Read[]): Read[] {
  const last = requests.findIndex(({ keepAlive, method }) => !keepAlive || method === "CONNECT");
  return last < 0 ? [...requests] : requests.slice(0, last + 1);
}
