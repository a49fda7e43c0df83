import { expect, test } from "vitest";
import { causeOf, wireStage } from "../testing/client-stage.ts";

test("options out of range are refused", async () => {
  await expect(wireStage({ keepAliveMs: -1 })).rejects.toThrow("keepAliveMs");
  await expect(wireStage({ maxConnectionsPerOrigin: 0 })).rejects.toThrow("maxConnectionsPerOrigin");
  await expect(wireStage({ limits: { maxHeaderBytes: Number.NaN } })).rejects.toThrow("maxHeaderBytes");
  await expect(wireStage({ userAgent: "me\r\nEvil: 1" })).rejects.toThrow("User-Agent");
  await expect(wireStage({ secureNetwork: {} as never })).rejects.toThrow(TypeError("wanted a network"));
});

test("a limit that is left undefined is the default, and not none", async () => {
  const { fetch, url, server } = await wireStage({ limits: { maxHeaderCount: undefined as never } });
  const failed = causeOf(fetch(url));
  await server.answer(`HTTP/1.1 200 OK\r\n${"a: b\r\n".repeat(1001)}\r\n`, true);
  expect(await failed).toBe("TooManyHeaderFields");
});
