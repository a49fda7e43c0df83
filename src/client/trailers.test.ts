import { describe, expect, test } from "vitest";
import { causeOf, serverStage, wireStage } from "../testing/client-stage.ts";
import { trailersOf } from "./response-facts.ts";

describe("trailers", () => {
  test("are there when the body has ended", async () => {
    const { fetch, url } = await serverStage(async (request) => {
      const body = await request.sendHeaders({ Trailer: "X-Sum" }, 200);
      await body.write("content");
      await body.close({ "X-Sum": "7" });
    });
    const response = await fetch(url);
    expect(await response.text()).toBe("content");
    expect((await trailersOf(response)).get("x-sum")).toBe("7");
    expect(response.headers.has("x-sum")).toBe(false);
  });

  test("can be waited for before they come, by several", async () => {
    const { server, fetch, url } = await wireStage();
    const response = fetch(url);
    const wire = await server.answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
    const both = [trailersOf(await response), trailersOf((await response).clone())];
    await wire.send("0\r\nX-A: 1\r\nX-A: 2\r\n\r\n");
    expect((await Promise.all(both)).map((trailers) => trailers.getAll("x-a"))).toEqual([
      ["1", "2"],
      ["1", "2"],
    ]);
  });

  test("are empty where there are none", async () => {
    const { fetch, url } = await serverStage((request) => request.respond(200, "plain"));
    expect([...(await trailersOf(await fetch(url)))]).toEqual([]);
    expect([...(await trailersOf(await fetch(url, { method: "HEAD" })))]).toEqual([]);
  });

  test("are not to be had of a body that is cut", async () => {
    const { server, fetch, url } = await wireStage();
    const response = fetch(url);
    const wire = await server.answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
    const early = trailersOf(await response);
    early.catch(() => {});
    wire.end();
    expect(await causeOf(early)).toBe("IncompleteMessage");
    expect(await causeOf(trailersOf(await response))).toBe("IncompleteMessage");
  });

  test("are asked of the responses of createFetch alone", () => {
    expect(() => trailersOf(new Response())).toThrow(TypeError);
  });
});
