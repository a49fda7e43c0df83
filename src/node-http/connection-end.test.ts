import { describe, expect, it, vi } from "vitest";
import { get, head } from "../testing/server/stage.ts";
import type { NodeHttpError } from "./errors.ts";
import { serve } from "./test/serve.ts";

describe("the end of a request, a response and their connection", () => {
  it("emits what Node emits, in its order", async () => {
    const events: string[] = [];
    const { server, fetch } = await serve((request, response) => {
      request.on("end", () => events.push("end"));
      request.resume();
      for (const event of ["finish", "close"]) response.on(event, () => events.push(`response ${event}`));
      request.on("end", () => response.end("ok", () => events.push("ended")));
    });
    server.on("connection", () => events.push("connection"));
    await (await fetch("/", { method: "POST", body: "x" })).text();
    await new Promise<void>((resolve) => {
      server.once("close", () => {
        events.push("close");
        resolve();
      });
      server.closeIdleConnections();
      server.close();
    });
    expect(events.filter((event) => event !== "ended")).toEqual([
      "connection",
      "end",
      "response finish",
      "response close",
      "close",
    ]);
    expect(events).toContain("ended");
  });

  it("emits close and aborted, and no finish, when the client goes", async () => {
    const events: string[] = [];
    let gone: () => void = () => {};
    const closed = new Promise<void>((resolve) => {
      gone = resolve;
    });
    const { connect } = await serve((request, response) => {
      request.on("aborted", () => events.push("aborted"));
      request.on("error", (error: NodeHttpError) => events.push(error.code));
      request.resume();
      response.on("finish", () => events.push("finish"));
      response.on("close", gone);
    });
    const client = await connect();
    await client.send(`${head("POST / HTTP/1.1", "Host: a", "Content-Length: 9")}abc`);
    await client.quiet(5);
    client.destroy();
    await closed;
    await Promise.resolve();
    expect(events).toContain("aborted");
    expect(events).not.toContain("finish");
  });

  it("takes the connection along when the response or the request is destroyed, and says nothing", async () => {
    const errors: unknown[] = [];
    const events: string[] = [];
    const { connect } = await serve(
      (request, response) => {
        response.on("close", () => events.push(`${request.url} close`));
        if (request.url === "/response") response.destroy();
        else request.destroy();
      },
      { onError: (error) => errors.push(error) },
    );
    for (const path of ["/response", "/request"]) {
      const client = await connect();
      await client.send(get(path));
      await client.closed();
      expect(client.text).toBe("");
    }
    await vi.waitFor(() => expect(events).toEqual(["/response close", "/request close"]));
    expect(errors).toEqual([]);
  });

  it("closes both when the client ended its side and waits for long, as Node does", async () => {
    const events: string[] = [];
    const { connect } = await serve((request, response) => {
      request.on("aborted", () => events.push("aborted"));
      response.on("close", () => events.push("close"));
    });
    const client = await connect();
    await client.send(get());
    client.end();
    await client.closed();
    await client.quiet(5);
    expect(events).toContain("close");
  });

  it("lets a client go on when the listener says so", async () => {
    const { server, connect } = await serve((_, response) => response.end("request"));
    server.on("checkContinue", (request: AsyncIterable<Uint8Array>, response: never) => {
      void answerAfterContinue(request, response);
    });
    const client = await connect();
    await client.send(head("POST / HTTP/1.1", "Host: a", "Content-Length: 2", "Expect: 100-continue"));
    await client.read("100 Continue");
    await client.send("hi");
    await client.read("got hi");
  });
});

interface Answer {
  writeContinue(): void;
  end(text: string): void;
}

async function answerAfterContinue(request: AsyncIterable<Uint8Array>, response: Answer): Promise<void> {
  response.writeContinue();
  let text = "";
  for await (const chunk of request) text += new TextDecoder().decode(chunk);
  response.end(`got ${text}`);
}
