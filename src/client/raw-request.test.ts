import { describe, expect, test } from "vitest";
import { rejection, serverStage, wireStage } from "../testing/client-stage.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { settled } from "../testing/turn.ts";
import { rawRequest } from "./raw-request.ts";

const HOST = "Host: localhost\r\n";
const host = "localhost";
const echo = () =>
  serverStage(async (request) =>
    request.respond(200, `${request.method} ${request.target} ${await request.text()}`),
  );
const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

describe("rawRequest", () => {
  test("sends bytes as they are, and gives the response as bytes and as a message", async () => {
    const { network, url } = await echo();
    const target = { host, port: Number(new URL(url).port) };
    const { bytes, responses, error, ending } = await rawRequest(
      network,
      target,
      `GET /a HTTP/1.1\r\n${HOST}\r\n`,
    );
    expect(text(bytes)).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nGET \/a $/);
    expect([ending, error, responses.length]).toEqual(["answered", undefined, 1]);
    expect(responses[0]?.headers.get("content-length")).toBe("7");
    expect(text(responses[0]?.body)).toBe("GET /a ");
  });

  test("gives the responses to several requests, each by its method", async () => {
    const { network, url } = await echo();
    const target = { host, port: Number(new URL(url).port) };
    const data =
      `HEAD /a HTTP/1.1\r\n${HOST}\r\nPOST /b HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n` +
      `GET /c HTTP/1.1\r\n${HOST}\r\n`;
    const { responses, ending } = await rawRequest(network, target, data);
    expect(responses.map(({ body }) => text(body))).toEqual(["", "POST /b hi", "GET /c "]);
    expect(ending).toBe("answered");
  });

  test("says what a server does with nonsense", async () => {
    const { network, url } = await echo();
    const target = { host, port: Number(new URL(url).port) };
    const { responses, ending } = await rawRequest(network, target, "nonsense\r\n\r\n");
    expect(responses.map(({ status }) => status)).toEqual([400]);
    expect(ending).toBe("end");
  });

  test("waits for a request that is not whole until the time is over", async () => {
    const { network, server } = await wireStage();
    const clock = new FakeClock();
    const answer = rawRequest(network, { host, port: server.port }, "GET / HT", { clock, timeoutMs: 100 });
    const wire = await server.accept();
    expect(await wire.read(8)).toBe("GET / HT");
    await clock.advance(100);
    expect(await answer).toMatchObject({ ending: "timeout", responses: [] });
    expect(clock.pending).toBe(0);
  });

  test("keeps what is no response, and says why it is none", async () => {
    const { network, server } = await wireStage();
    const answer = rawRequest(network, { host, port: server.port }, `GET / HTTP/1.1\r\n${HOST}\r\n`);
    await server.answer("HTTP/1.1 100 Continue\r\n\r\nICY 200 OK\r\n", true);
    const { bytes, responses, error, ending } = await answer;
    expect(text(bytes)).toContain("ICY");
    expect(responses.map(({ status }) => status)).toEqual([100]);
    expect([error?.code, ending]).toEqual(["InvalidVersion", "end"]);
  });

  test("tells a response that the end completes from one that it cuts, and both from a reset", async () => {
    const complete = async (response: string, how: "end" | "reset") => {
      const { network, server } = await wireStage();
      const answer = rawRequest(network, { host, port: server.port }, `GET / HTTP/1.1\r\n${HOST}\r\n`);
      const wire = await server.answer(response);
      await settled();
      if (how === "end") wire.end();
      else wire.destroy();
      const { responses, ending } = await answer;
      return [responses[0]?.complete, text(responses[0]?.body), ending];
    };
    expect(await complete("HTTP/1.0 200 OK\r\n\r\nall", "end")).toEqual([true, "all", "end"]);
    expect(await complete("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart", "end")).toEqual([
      false,
      "part",
      "end",
    ]);
    expect(await complete("HTTP/1.0 200 OK\r\n\r\npart", "reset")).toEqual([false, "part", "reset"]);
  });

  test("ends with the signal, and with what the network says", async () => {
    const { network, server } = await wireStage();
    const controller = new AbortController();
    const answer = rawRequest(network, { host, port: server.port, signal: controller.signal }, "GET");
    answer.catch(() => {});
    const wire = await server.accept();
    controller.abort();
    expect((await rejection(answer)).name).toBe("AbortError");
    expect(await wire.closed()).toBe("reset");
    expect(await rejection(rawRequest(network, { host, port: 1 }, "GET"))).toMatchObject({
      code: "ECONNREFUSED",
    });
  });

  test("shows the bytes as they come", async () => {
    const { network, server } = await wireStage();
    const seen: string[] = [];
    const onData = (bytes: Uint8Array) => seen.push(text(bytes));
    const answer = rawRequest(network, { host, port: server.port }, `GET / HTTP/1.1\r\n${HOST}\r\n`, {
      onData,
    });
    const wire = await server.answer("HTTP/1.1 200 OK\r\n");
    await settled();
    expect(seen).toEqual(["HTTP/1.1 200 OK\r\n"]);
    await wire.send("Content-Length: 0\r\n\r\n");
    await answer;
    expect(seen).toHaveLength(2);
  });
});
