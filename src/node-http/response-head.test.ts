import { describe, expect, it } from "vitest";
import { get } from "../testing/server/stage.ts";
import { serve } from "./test/serve.ts";

describe("a response's head", () => {
  it("has the phrase that the program gives it, and Node's where it gives none", async () => {
    const { ask } = await serve((request, response) => {
      if (request.url === "/own") response.statusMessage = "Quite Right";
      if (request.url === "/given") response.writeHead(200, "Très bien");
      if (request.url === "/large") response.statusCode = 413;
      response.end("x");
    });
    expect(await ask(get("/own"))).toMatch(/^HTTP\/1\.1 200 Quite Right\r\n/);
    expect(await ask(get("/given"))).toMatch(/^HTTP\/1\.1 200 Tr\u00e8s bien\r\n/);
    expect(await ask(get("/large"))).toMatch(/^HTTP\/1\.1 413 Payload Too Large\r\n/);
    expect(await ask(get("/"))).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  it("refuses a phrase that would be more than one line", async () => {
    const codes: string[] = [];
    const { ask } = await serve((_, response) => {
      response.statusMessage = "a\r\nb: c";
      try {
        response.end();
      } catch (error) {
        codes.push((error as { code: string }).code);
        response.statusMessage = "fine";
        response.end();
      }
    });
    expect(await ask(get("/"))).toMatch(/^HTTP\/1\.1 200 fine\r\n/);
    expect(codes).toEqual(["ERR_INVALID_CHAR"]);
  });

  it("has no Date where the program wants none, whole and in pieces", async () => {
    const { ask } = await serve((request, response) => {
      response.sendDate = request.url === "/with";
      if (request.url === "/pieces") response.write("x");
      response.end();
    });
    expect(await ask(get("/with"))).toMatch(/^date: /im);
    expect(await ask(get("/without"))).not.toMatch(/^date: /im);
    expect(await ask(get("/pieces"))).not.toMatch(/^date: /im);
  });
});
