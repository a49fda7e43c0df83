import { expect, test } from "vitest";
import { decoded } from "./decoded.ts";

async function coded(bytes: Uint8Array<ArrayBuffer>, format: CompressionFormat): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream(format));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const text = new TextEncoder().encode("what was meant ".repeat(100));

test.each(["gzip", "deflate"] as const)("a body that is coded with %s is decoded", async (format) => {
  const body = await coded(text, format);
  expect(await decoded(body, ` ${format.toUpperCase()} `, 1e6)).toEqual({ bytes: text, cut: false });
});

test("a small body that holds a huge one is decoded no further than it may be", async () => {
  const bomb = await coded(new Uint8Array(32_000_000), "gzip");
  expect(bomb.length).toBeLessThan(100_000);
  const { bytes, cut } = await decoded(bomb, "gzip", 1_000_000);
  expect(bytes.length).toBe(1_000_000);
  expect(cut).toBe(true);
});

test("a body that is not coded, or not as it says, stays as it is", async () => {
  for (const coding of [null, "br", "gzip"])
    expect(await decoded(text, coding, 1e6)).toEqual({ bytes: text, cut: false });
});

test("of a body that was cut off, what there is is decoded", async () => {
  const noise = crypto.getRandomValues(new Uint8Array(60_000));
  const body = await coded(noise, "gzip");
  const { bytes, cut } = await decoded(body.subarray(0, 50_000), "gzip", 1e6);
  expect(cut).toBe(true);
  expect(bytes.length).toBeGreaterThan(10_000);
  expect(bytes).toEqual(noise.subarray(0, bytes.length));
});
