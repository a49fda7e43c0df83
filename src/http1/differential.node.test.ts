import http from "node:http";
import { Duplex } from "node:stream";
import { expect, it } from "vitest";
import fc from "../testing/fast-check.ts";
import { cuts, damage, octets, pieces, request } from "./test/messages.fixture.ts";
import { type ReadRequest, readAll } from "./test/read-all.fixture.ts";

/** What Node's parser makes of the octets: whole requests in order, until its first error. */
async function readByNode(
  chunks: readonly Uint8Array[],
): Promise<{ requests: ReadRequest[]; failed: boolean }> {
  const requests: ReadRequest[] = [];
  let failed = false;
  const server = http.createServer(
    { requireHostHeader: false, keepAliveTimeout: 0 },
    (incoming, response) => {
      incoming.setEncoding("latin1");
      let body = "";
      incoming.on("data", (text) => {
        body += text;
      });
      incoming.on("end", () => {
        const { method = "", url: target = "", rawHeaders, rawTrailers } = incoming;
        requests.push({ method, target, headers: pairs(rawHeaders), body, trailers: pairs(rawTrailers) });
        response.end();
      });
    },
  );
  server.on("clientError", () => {
    failed = true;
  });
  const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done(), allowHalfOpen: true });
  Object.assign(socket, { setNoDelay() {}, setKeepAlive() {}, setTimeout() {} });
  server.emit("connection", socket);
  for (const chunk of chunks) socket.push(chunk);
  for (let i = 0; i < 12; i++) await new Promise((resolve) => setImmediate(resolve));
  socket.destroy();
  server.close();
  return { requests, failed };
}

function pairs(raw: readonly string[]): [string, string][] {
  return Array.from({ length: raw.length / 2 }, (_, i) => [raw[2 * i]!, raw[2 * i + 1]!]);
}

it("reads valid requests as Node's parser does, whatever way they are cut", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 3 }), cuts, async (requests, shares) => {
      // Node refuses white space before an extension; RFC 9112 section 7.1.1 has it as BWS.
      const bytes = octets(requests.map(({ wire }) => wire.replaceAll(" ; a = b", ";a=b")).join(""));
      const chunks = pieces(bytes, shares);
      expect(readAll(chunks).requests).toEqual((await readByNode(chunks)).requests);
    }),
    { numRuns: 200 },
  );
});

it("takes no broken request that Node's parser refuses", async () => {
  await fc.assert(
    fc.asyncProperty(request, fc.array(damage, { minLength: 1, maxLength: 2 }), async (made, damages) => {
      const text = damages.reduce((wire, harm) => harm(wire), made.wire.replaceAll(" ; a = b", ";a=b"));
      const bytes = octets(text);
      const ours = readAll([bytes]);
      const nodes = await readByNode([bytes]);
      // Methods that Node does not know are ours to take; where both take a request they take the same.
      const known = ours.requests.filter(({ method }) => http.METHODS.includes(method));
      if (known.length === ours.requests.length)
        expect(ours.requests).toEqual(nodes.requests.slice(0, ours.requests.length));
    }),
    { numRuns: 400 },
  );
});
