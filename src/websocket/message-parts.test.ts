import { expect, it } from "vitest";
import { MessageParts } from "./message-parts.ts";

/** What is said of a text that comes in these pieces and may have 4 bytes. */
function faultOf(pieces: readonly (readonly number[])[]): string | undefined {
  const parts = new MessageParts(4);
  parts.begin(true);
  try {
    for (const piece of pieces) parts.add(Uint8Array.from(piece));
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return undefined;
}

it("is too large first where it is no UTF-8 only behind the limit, however it is cut", () => {
  const bytes = [97, 97, 97, 97, 97, 0xff];
  expect(faultOf([bytes])).toBe("MessageTooLarge");
  expect(faultOf(bytes.map((byte) => [byte]))).toBe("MessageTooLarge");
});

it("is no UTF-8 first where that comes within the limit, however it is cut", () => {
  const bytes = [97, 0xff, 97, 97, 97, 97];
  expect(faultOf([bytes])).toBe("InvalidUtf8");
  expect(faultOf(bytes.map((byte) => [byte]))).toBe("InvalidUtf8");
});
