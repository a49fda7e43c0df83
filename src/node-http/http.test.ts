import { describe, expect, it } from "vitest";
import { VirtualNetwork } from "../adapters/virtual/index.ts";
import { get } from "../testing/server/stage.ts";
import { httpOn } from "./http.ts";
import { serve } from "./test/serve.ts";

describe("the module", () => {
  it("has a Server that can be called with and without new, and be extended", async () => {
    const { Server } = httpOn({ network: new VirtualNetwork(), pinned: false });
    const listener = () => {};
    for (const server of [new Server(listener), Server(listener), Server({}, listener)]) {
      expect(server).toBeInstanceOf(Server);
      expect(server.listenerCount("request")).toBe(1);
    }
    class Mine extends Server {
      readonly mine = true;
    }
    expect(new Mine()).toMatchObject({ mine: true, listening: false });
    expect(new Mine()).toBeInstanceOf(Server);
  });

  it("names what a socket of requests can't do", async () => {
    const errors: string[] = [];
    const { ask } = await serve((message, response) => {
      const { socket } = message;
      for (const attempt of [() => socket?.write("x"), () => socket?.read(), () => socket?.pipe({})]) {
        try {
          attempt();
        } catch (error) {
          errors.push((error as Error).message);
        }
      }
      response.end();
    });
    await ask(get("/"));
    expect(errors).toEqual([
      "socket.write() is not in portico/node-http: write to the response",
      "socket.read() is not in portico/node-http: read the request",
      "socket.pipe() is not in portico/node-http: read the request",
    ]);
  });
});
