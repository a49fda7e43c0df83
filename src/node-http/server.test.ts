import { describe, expect, it } from "vitest";
import { get, head, statuses } from "../testing/server/stage.ts";
import { NodeHttpError } from "./errors.ts";
import { HttpServerOfNode } from "./server.ts";
import { exchange, serve } from "./test/serve.ts";

describe("node:http's server", () => {
  it("tells a listener of the request in Node's terms", async () => {
    let seen: unknown;
    const { connect } = await serve((request, response) => {
      const { method, url, httpVersion, headers, rawHeaders, socket } = request;
      seen = { method, url, httpVersion, headers, rawHeaders, remote: typeof socket?.remoteAddress };
      response.end();
    });
    const fields = [
      "Host: a",
      "Cookie: a=1",
      "Cookie: b=2",
      "X-A: 1",
      "x-a: 2",
      "User-Agent: one",
      "User-Agent: 2",
    ];
    await exchange(await connect(), head("GET /p?q#f HTTP/1.1".replace("#f", ""), ...fields));
    expect(seen).toEqual({
      method: "GET",
      url: "/p?q",
      httpVersion: "1.1",
      headers: { host: "a", cookie: "a=1; b=2", "x-a": "1, 2", "user-agent": "one" },
      rawHeaders: fields.flatMap((field) => field.split(": ")),
      remote: "string",
    });
  });

  it("sends a whole body with its length, and pieces in chunks", async () => {
    const { connect } = await serve((request, response) => {
      if (request.url === "/whole") return response.end("whole");
      response.write("pie");
      return response.end("ces");
    });
    const whole = await exchange(await connect(), get("/whole"));
    expect(whole).toMatch(/content-length: 5\r\n/i);
    const pieces = await exchange(await connect(), get("/pieces"));
    expect(pieces).toMatch(/transfer-encoding: chunked/i);
    expect(pieces).toContain("3\r\npie\r\n");
  });

  it("takes writeHead in each of its forms", async () => {
    const { fetch } = await serve((request, response) => {
      response.setHeader("X-Before", "1").setHeader("X-Replaced", "1");
      if (request.url === "/record") response.writeHead(201, { "X-Replaced": "2", "X-Many": ["a", "b"] });
      else if (request.url === "/reason") response.writeHead(201, "Made", { "X-Replaced": "2" });
      else if (request.url === "/list")
        response.writeHead(201, ["X-Replaced", "2", "X-Many", "a", "X-Many", "b"]);
      else response.writeHead(201);
      expect(response.headersSent).toBe(true);
      expect(() => response.setHeader("X-Late", "1")).toThrow(NodeHttpError);
      expect(() => response.writeHead(200)).toThrow(
        expect.objectContaining({ code: "ERR_HTTP_HEADERS_SENT" }),
      );
      response.end("made");
    });
    for (const [path, replaced, many] of [
      ["/record", "2", "a, b"],
      ["/reason", "2", null],
      ["/list", "2", "a, b"],
      ["/code", "1", null],
    ]) {
      const { status, headers } = await fetch(path ?? "");
      expect([
        path,
        status,
        headers.get("x-before"),
        headers.get("x-replaced"),
        headers.get("x-many"),
      ]).toEqual([path, 201, "1", replaced, many]);
    }
  });

  it("keeps the headers of a response by any spelling, and refuses what HTTP does not allow", async () => {
    const { fetch } = await serve((_, response) => {
      response.setHeader("X-A", 1);
      response.appendHeader("x-a", "2");
      expect(response.getHeader("X-a")).toEqual(["1", "2"]);
      expect(response.getHeaderNames()).toEqual(["x-a"]);
      expect(response.hasHeader("x-A")).toBe(true);
      response.removeHeader("X-A");
      expect({ ...response.getHeaders() }).toEqual({});
      const codes = [
        () => response.setHeader("a b", "1"),
        () => response.setHeader("a", "1\r\nb: 2"),
        () => response.setHeader("a", undefined as unknown as string),
        () => response.writeHead(99),
      ].map((attempt) => {
        try {
          attempt();
          return "";
        } catch (error) {
          return (error as NodeHttpError).code;
        }
      });
      response.end(codes.join(" "));
    });
    expect(await (await fetch("/")).text()).toBe(
      "ERR_INVALID_HTTP_TOKEN ERR_INVALID_CHAR ERR_HTTP_INVALID_HEADER_VALUE ERR_HTTP_INVALID_STATUS_CODE",
    );
  });

  it("answers 500 where Content-Length is wrong and nobody listens for errors", async () => {
    const errors: unknown[] = [];
    const { fetch } = await serve(
      (_, response) => {
        response.setHeader("Content-Length", 5);
        response.end("abc");
      },
      { onError: (error) => errors.push(error) },
    );
    expect(await fetch("/")).toMatchObject({ status: 500, statusText: "Internal Server Error" });
    expect(errors).toMatchObject([{ code: "ContentLengthMismatch" }]);
  });

  it("sends a head at once by flushHeaders, and what is written right behind it", async () => {
    const { connect } = await serve((_, response) => {
      response.setHeader("Content-Type", "text/event-stream");
      response.flushHeaders();
      response.write("data: 1\n\n");
      response.end("data: 2\n\n");
    });
    const text = await exchange(await connect(), get());
    expect(text).toContain("text/event-stream");
    expect(text).toContain("data: 1\n\n");
    expect(text).toContain("data: 2\n\n");
  });

  it("serves trailers, both ways", async () => {
    const { connect } = await serve(async (request, response) => {
      for await (const _ of request);
      response.setHeader("Trailer", "X-Sum");
      response.write(JSON.stringify(request.trailers));
      response.addTrailers({ "X-Sum": "7" });
      response.end();
    });
    const text = await exchange(
      await connect(),
      `${head("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked")}1\r\na\r\n0\r\nX-T: 1\r\n\r\n`,
    );
    expect(text).toContain('{"x-t":"1"}');
    expect(text).toContain("0\r\nX-Sum: 7\r\n\r\n");
  });

  it("binds once, says where, and tells of what went wrong", async () => {
    const { server, network } = await serve((_, response) => response.end());
    expect(server.listening).toBe(true);
    expect(server.address()).toMatchObject({ port: 8080 });
    expect(() => server.listen(8081)).toThrow(expect.objectContaining({ code: "ERR_SERVER_ALREADY_LISTEN" }));
    const second = new HttpServerOfNode({ network, pinned: false });
    const error = await new Promise((resolve) => second.on("error", resolve as never).listen({ port: 8080 }));
    expect(error).toMatchObject({ code: "EADDRINUSE", syscall: "listen", port: 8080 });
    const notRunning = await new Promise((resolve) => second.close(resolve));
    expect(notRunning).toMatchObject({ code: "ERR_SERVER_NOT_RUNNING" });
  });

  it("takes nothing for options or a place to listen that Node would not", async () => {
    const { network } = await serve((_, response) => response.end());
    const runtime = { network, pinned: false };
    const make = (options: unknown) => () => new HttpServerOfNode(runtime, options as never);
    for (const wrong of ["x", 5, { requestTimeout: "x" }, { maxHeaderSize: "x" }])
      expect(make(wrong)).toThrow(expect.objectContaining({ code: "ERR_INVALID_ARG_TYPE" }));
    for (const wrong of [{ keepAliveTimeout: -1 }, { headersTimeout: Number.NaN }])
      expect(make(wrong)).toThrow(expect.objectContaining({ code: "ERR_OUT_OF_RANGE" }));
    for (const nowhere of [{}, { host: "localhost" }, true])
      expect(() => new HttpServerOfNode(runtime).listen(nowhere as never)).toThrow(
        expect.objectContaining({ code: "ERR_INVALID_ARG_VALUE" }),
      );
    const both = new HttpServerOfNode(runtime).listen({ port: 0, path: "/of/a/socket" });
    await new Promise((resolve) => both.on("listening", resolve as never));
    expect(both.address()).toMatchObject({ port: expect.any(Number) });
    both.close();
  });

  it("answers 500 to a listener that throws, and goes on", async () => {
    const errors: unknown[] = [];
    const { server, connect } = await serve(
      (request, response) => {
        if (request.url === "/broken") throw new Error("broken");
        response.end();
      },
      { onError: (error) => errors.push(error) },
    );
    expect(statuses(await exchange(await connect(), get("/broken") + get("/")))).toEqual([500, 200]);
    expect(errors).toHaveLength(1);
    server.closeIdleConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
});
