import { expect, test } from "vitest";
import { TextArena } from "./text-arena.ts";

test("what was handed out stays what it was, whatever is encoded behind it", () => {
  const arena = new TextArena();
  const kinds = ["a", "", "é€😀", "x".repeat(5000), "€".repeat(6000)];
  const texts = Array.from({ length: 60 }, (_, at) => `${at >> 1} ${kinds[(at >> 1) % kinds.length]}`);
  const encoded = texts.map((text) => arena.encode(text));
  expect(encoded.map((bytes) => new TextDecoder().decode(bytes))).toEqual(texts);
});

test("a text that comes again at once is not encoded again", () => {
  const arena = new TextArena();
  const first = arena.encode("Hello World");
  expect(arena.encode(["Hello", "World"].join(" "))).toBe(first);
  arena.encode("another");
  expect(arena.encode("Hello World")).toEqual(first);
});
