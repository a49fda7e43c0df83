import { describe, expect, test } from "vitest";
import { VirtualNetwork } from "../adapters/virtual/index.ts";
import { WireClient } from "../testing/index.ts";
import { HttpServer } from "./server.ts";
import type { RequestCallback } from "./types.ts";

const head = "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n";

async function serve(callback: RequestCallback) {
  const network = new VirtualNetwork();
  const server = new HttpServer({ network });
  await server.listen(80);
  void server.acceptRequest(callback);
  return WireClient.connect(network, { host: "localhost", port: 80 });
}

// RFC 9110 section 10.1.1: an interim response comes before the final one or not at all.
describe("100-continue beside a streamed response", () => {
  test("comes before the head of a response that is made from the request's body", async () => {
    const client = await serve((request) => request.respond(200, request.body));
    await client.send(head);
    expect(await client.read("\r\n\r\n")).toBe("HTTP/1.1 100 Continue\r\n\r\n");
    await client.send("hello");
    expect(await client.read("0\r\n\r\n")).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\n5\r\nhello\r\n/s);
  });

  test("comes so where the response is the request's own pieces", async () => {
    const client = await serve((request) =>
      request.respond(200, request as unknown as AsyncIterable<Uint8Array>),
    );
    await client.send(head);
    expect(await client.read("\r\n\r\n")).toBe("HTTP/1.1 100 Continue\r\n\r\n");
    await client.send("hello");
    expect(await client.read("0\r\n\r\n")).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\n5\r\nhello\r\n/s);
  });

  test("never comes behind the head of the response", async () => {
    const client = await serve(async (request) => {
      const body = await request.sendHeaders({});
      await body.write(await request.text());
      await body.close();
    });
    await client.send(head);
    expect(await client.read("\r\n\r\n")).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    await client.send("hello");
    expect(await client.read("0\r\n\r\n")).toBe("5\r\nhello\r\n0\r\n\r\n");
  });

  test("comes once, in however many pieces the body comes then", async () => {
    const client = await serve(async (request) => request.respond(200, await request.text()));
    await client.send(head);
    expect(await client.read("\r\n\r\n")).toBe("HTTP/1.1 100 Continue\r\n\r\n");
    await client.send("hello", "bytes");
    expect(await client.read("hello")).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  test("does not come where nobody holds the body: the client need not send it", async () => {
    const client = await serve((request) => request.respond(403, new Blob(["no"]).stream()));
    await client.send(head);
    expect(await client.readToEnd()).toMatch(
      /^HTTP\/1\.1 403 Forbidden\r\n(?:.*\r\n)?Connection: close\r\n/s,
    );
  });
});
