import { describe, expect, it } from "vitest";
import { get, head, statuses } from "../testing/server/stage.ts";
import { settled } from "../testing/turn.ts";
import type { ConnectionSocket } from "./connection-socket.ts";
import { serve } from "./test/serve.ts";

describe("a client's error", () => {
  it("is told with Node's code, and the listener answers", async () => {
    const codes: string[] = [];
    const { server, ask } = await serve();
    server.on("clientError", (error: { code: string }, socket: ConnectionSocket) => {
      codes.push(error.code);
      socket.end("HTTP/1.1 400 Mine\r\nConnection: close\r\n\r\n");
    });
    expect(await ask("G@T / HTTP/1.1\r\n\r\n")).toMatch(/^HTTP\/1.1 400 Mine/);
    expect(await ask(head("GET / HTTP/1.1", "Host: a", "Content-Length: x"))).toContain("400 Mine");
    expect(await ask(head("GET / HTTP/1.1", `Host: ${"a".repeat(20_000)}`))).toContain("400 Mine");
    expect(await ask("GET / HTTP/1.1\r\nHost")).toContain("400 Mine");
    expect(codes).toEqual([
      "HPE_INVALID_METHOD",
      "HPE_INVALID_CONTENT_LENGTH",
      "HPE_HEADER_OVERFLOW",
      "HPE_INVALID_EOF_STATE",
    ]);
  });

  it("that nobody listens for is answered by the server", async () => {
    const { ask } = await serve();
    expect(statuses(await ask("G@T / HTTP/1.1\r\n\r\n"))).toEqual([400]);
  });

  it("is a reset of the connection, too", async () => {
    const { server, connect } = await serve(() => {});
    const told = new Promise<{ code: string }>((resolve) => server.on("clientError", resolve));
    const client = await connect();
    await client.send(get("/"));
    await settled();
    client.destroy();
    expect(await told).toMatchObject({ code: "ECONNRESET" });
  });
});
