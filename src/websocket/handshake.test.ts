import { expect, test } from "vitest";
import { utf8 } from "../testing/websocket-frames.ts";
import { acceptKey, hasToken, isKey, randomKey } from "./handshake.ts";
import { sha1 } from "./sha1.ts";

test("answers the key of RFC 6455 section 1.3", () => {
  expect(acceptKey("dGhlIHNhbXBsZSBub25jZQ==")).toBe("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
});

test("SHA-1 is the platform's, at every length around a block's edge", async () => {
  for (const length of [0, 1, 54, 55, 56, 60, 63, 64, 65, 119, 120, 1000]) {
    const message = utf8("x".repeat(length)) as Uint8Array<ArrayBuffer>;
    expect(sha1(message)).toEqual(new Uint8Array(await crypto.subtle.digest("SHA-1", message)));
  }
});

test("a key is the base64 of 16 bytes, and no two are the same", () => {
  expect(isKey(randomKey())).toBe(true);
  expect(randomKey()).not.toBe(randomKey());
  for (const key of [
    "",
    "dGhlIHNhbXBsZSBub25jZQ=",
    "dGhlIHNhbXBsZSBub25jZQ",
    "dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ==",
    "AAAA*AAAAAAAAAAAAAAAAA==",
  ]) {
    expect(isKey(key)).toBe(false);
  }
});

test("finds a token in a list, without case", () => {
  expect(hasToken("keep-alive, Upgrade", "upgrade")).toBe(true);
  expect(hasToken("upgraded", "upgrade")).toBe(false);
  expect(hasToken(null, "upgrade")).toBe(false);
});
