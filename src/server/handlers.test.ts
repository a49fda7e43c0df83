import { describe, expect, it } from "vitest";
import { VirtualNetwork } from "../adapters/virtual/index.ts";
import { FakeClock, settled, WireClient } from "../testing/index.ts";
import { GET, serveOnLine } from "./line.fixture.ts";
import { HttpServer } from "./server.ts";
import type { UpgradedConnection } from "./types.ts";

const MALFORMED = "G@T / HTTP/1.1\r\n\r\n";
const wrong = new Error("the handler's own");

describe("a program's handlers", () => {
  it("of clients' mistakes may throw: the client is answered, onError is told, others are served", async () => {
    const { ask, errors } = await serveOnLine((request) => request.respond(200, "ok"), {
      onClientError() {
        throw wrong;
      },
    });
    const client = await ask(MALFORMED);
    expect(client.text).toMatch(/^HTTP\/1\.1 400 /);
    expect(client.state).toBe("half-closed");
    expect(errors).toEqual([wrong]);
    expect((await ask(GET)).text).toMatch(/ok$/);
  });

  it("may reject, which is told as what they throw is, and ends nothing", async () => {
    const { ask, errors } = await serveOnLine((request) => request.respond(200, "ok"), {
      onClientError: async () => {
        throw wrong;
      },
    });
    expect((await ask(MALFORMED)).text).toMatch(/^HTTP\/1\.1 400 /);
    expect(errors).toEqual([wrong]);
    const told: unknown[] = [];
    const other = await serveOnLine(
      () => {
        throw wrong;
      },
      {
        // A rejection that nobody hears would end Node, and this run.
        onError: async (error) => {
          told.push(error);
          throw new Error("of the handler");
        },
      },
    );
    expect((await other.ask(GET)).text).toMatch(/^HTTP\/1\.1 500 /);
    expect((await other.ask(GET)).text).toMatch(/^HTTP\/1\.1 500 /);
    expect(told).toEqual([wrong, wrong]);
  });

  it("is refused where it is none", () => {
    const options = { network: new VirtualNetwork(), onClientError: "log" as never };
    expect(() => new HttpServer(options)).toThrow(expect.objectContaining({ code: "InvalidOption" }));
  });

  it("of errors may throw when an accept failed for a while: the server goes on", async () => {
    const clock = new FakeClock();
    const network = new VirtualNetwork({ clock });
    let failures = 0;
    const told: unknown[] = [];
    const short = {
      connect: network.connect.bind(network),
      descriptors: () => network.descriptors(),
      listen: async (options: { port: number }) => {
        const listener = await network.listen(options);
        const accept = async () => {
          if (failures++ === 0) throw Object.assign(new Error("out of descriptors"), { code: "EMFILE" });
          return listener.accept();
        };
        return { address: listener.address, accept, close: () => listener.close() };
      },
    };
    const server = new HttpServer({
      network: short,
      clock,
      onError(error) {
        told.push(error);
        throw wrong;
      },
    });
    const served = server.serve(80, (request) => request.respond(200, "ok"));
    await settled();
    expect(failures).toBe(1); // and no other try for a while
    await clock.advance(100);
    const client = await WireClient.connect(network, { host: "localhost", port: 80 });
    await client.send(GET);
    await client.read("ok");
    await server.close({ graceMs: 0 });
    await expect(served).resolves.toBeUndefined();
    expect(told).toEqual([expect.objectContaining({ code: "EMFILE" })]);
  });

  it("of errors may answer, with a stream too", async () => {
    const { ask } = await serveOnLine(
      () => {
        throw wrong;
      },
      { onError: (_, request) => void request?.respond(500, new Blob(["a page of mine"])) },
    );
    const client = await ask(GET);
    await client.read("a page of mine");
    expect(client.state).toBe("open");
  });

  it("can take a connection over only as long as it is told of the mistake", async () => {
    let late: (() => UpgradedConnection) | undefined;
    const { ask } = await serveOnLine((request) => request.respond(200), {
      onClientError(_, __, takeOver) {
        late = takeOver;
      },
    });
    await ask(MALFORMED);
    expect(() => late?.()).toThrow(expect.objectContaining({ code: "ConnectionClosed" }));
  });
});
