/** What programs that no types hold do at first, and what they are told. */
import { expect, it } from "vitest";
import { VirtualNetwork } from "../adapters/virtual/index.ts";
import { createFetch } from "../client/index.ts";
import { tapNetwork } from "../socket/index.ts";
import { createWebSocket } from "../websocket/index.ts";
import { HttpServer } from "./server.ts";
import type { RequestCallback } from "./types.ts";

/** What a client gets of a callback, and what `onError` is told. */
async function served(callback: unknown): Promise<{ answer: string; errors: unknown[] }> {
  const network = new VirtualNetwork();
  const errors: unknown[] = [];
  const server = new HttpServer({ network, onError: (error) => errors.push(error) });
  const serving = server.serve(80, callback as RequestCallback);
  const response = await createFetch(network, { keepAliveMs: 0 })("http://localhost/");
  const answer = `${response.status} ${await response.text()}`;
  await server.close({ graceMs: 0 });
  await serving;
  return { answer, errors };
}

it("a callback that gives back what is no promise has answered, or it has not", async () => {
  for (const result of [5, null, "text", { status: 200 }, new Response("text")]) {
    const silent = await served(() => result);
    expect(silent.answer).toBe("500 Internal Server Error");
    expect(silent.errors).toMatchObject([{ code: "NoResponse" }]);
    const whole = await served((request: { respond(code: number, text: string): void }) => {
      request.respond(200, "whole");
      return result;
    });
    expect(whole).toEqual({ answer: "200 whole", errors: [] });
  }
});

it("what is given as a network and is none is refused where it is given", () => {
  for (const network of ["virtual", {}, { connect() {} }] as never[])
    expect(() => new HttpServer({ network })).toThrow(expect.objectContaining({ code: "InvalidOption" }));
  for (const network of ["virtual", {}, { listen() {} }, null] as never[]) {
    expect(() => createFetch(network)).toThrow(TypeError);
    expect(() => createWebSocket(network)).toThrow(TypeError);
    expect(() => tapNetwork(network, () => {})).toThrow(TypeError);
  }
});

it("a callback that gives back a value while its streamed answer is under way does not cut it", async () => {
  async function* pieces() {
    yield "one ";
    await new Promise((resolve) => setTimeout(resolve));
    yield "two";
  }
  const { answer, errors } = await served((request: { respond(code: number, body: unknown): void }) => {
    request.respond(200, pieces());
    return true;
  });
  expect({ answer, errors }).toEqual({ answer: "200 one two", errors: [] });
});

it("an answer that nobody waited for and that was refused is told with its reason", async () => {
  const { answer, errors } = await served(
    (request: { respond(code: number, text: string, headers: object): void }) => {
      request.respond(200, "text", { "X-Note": "two\nlines" });
    },
  );
  expect(answer).toBe("500 Internal Server Error");
  expect(errors).toMatchObject([{ code: "InvalidHeader" }]);
});

it("a string in the place of a number is told from the number", async () => {
  const network = new VirtualNetwork();
  const server = new HttpServer({ network });
  const wrong = (value: unknown) => value as number;
  await expect(server.listen(wrong("8080"))).rejects.toThrow('port must be 0 to 65535, got "8080"');
  expect(() => new HttpServer({ network, maxBody: wrong("9") })).toThrow(
    'maxBody must be at least 0, got "9"',
  );
  await expect(server.close({ graceMs: wrong("5") })).rejects.toThrow('graceMs must be at least 0, got "5"');
  expect(() => createFetch(network, { keepAliveMs: wrong("5") })).toThrow(
    new TypeError('keepAliveMs must be at least 0, got "5"'),
  );
  expect(() => new VirtualNetwork({ latencyMs: wrong("5") })).toThrow(
    new RangeError('latencyMs must be at least 0, got "5"'),
  );
  const { errors } = await served((request: { respond(code: unknown): void }) => request.respond("200"));
  expect(errors).toMatchObject([{ message: 'status must be 200 to 599, got "200"' }]);
});

it("an address or a callback in the place of the options is refused, as it would listen everywhere", async () => {
  for (const given of ["127.0.0.1", () => {}]) {
    const server = new HttpServer({ network: new VirtualNetwork() });
    const options = given as object;
    await expect(server.listen(80, options)).rejects.toMatchObject({ code: "InvalidOption" });
    await expect(server.serve(80, () => {}, options)).rejects.toMatchObject({ code: "InvalidOption" });
    expect(server.listening).toBe(false);
  }
});

it("a server that was closed says that it listens once, and not that it is listening", async () => {
  const server = new HttpServer({ network: new VirtualNetwork() });
  await server.close();
  await expect(server.listen(80)).rejects.toMatchObject({
    code: "AlreadyListening",
    message: "a server listens once",
  });
});
