import { expect, test } from "vitest";
import { causeOf, serverStage, wireStage } from "../testing/client-stage.ts";
import { FakeClock } from "../testing/fake-clock.ts";

test("an upload and its answer over an hour of slow network take no time on a held clock", async () => {
  const clock = new FakeClock();
  const conditions = { clock, latencyMs: 2000, bytesPerSecond: 0.1, maxSegmentBytes: 16 };
  const { fetch, url } = await serverStage(
    async (request) => request.respond(200, `${(await request.text()).length} letters`),
    { clock },
    conditions,
  );
  const started = clock.now();
  const answer = fetch(url, { method: "POST", body: "x".repeat(500) }).then((response) => response.text());
  expect(await clock.until(answer)).toBe("500 letters");
  // Head and body up, head and body down, at six bytes a minute.
  expect(clock.now() - started).toBeGreaterThan(3_600_000);
});

test("a connection that nobody answers fails when the network gives up", async () => {
  const clock = new FakeClock();
  const conditions = { clock, connectTimeoutMs: 30_000, ports: { 81: { blackHole: true } } };
  const { fetch } = await wireStage({}, conditions);
  const code = causeOf(fetch("http://localhost:81/"));
  await clock.advance(30_000);
  expect(await code).toBe("ETIMEDOUT");
});

test("AbortSignal.timeout ends a response that stalls, and the server is rid of the connection", async () => {
  const { server, fetch, url } = await wireStage();
  const response = fetch(url, { signal: AbortSignal.timeout(20) });
  const wire = await server.answer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234");
  await expect(response.then((whole) => whole.text())).rejects.toMatchObject({ name: "TimeoutError" });
  expect(await wire.closed()).toBe("reset");
});
