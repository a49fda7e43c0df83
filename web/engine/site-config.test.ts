import { expect, test } from "vitest";
import { readSiteConfig } from "./site-config.ts";

const page = "https://play.example";

test.each([
  [{ previewOrigin: ":8081" }, "https://play.example:8081"],
  [{ previewOrigin: "https://preview.example/x?y" }, "https://preview.example"],
  [{ previewOrigin: "javascript:1" }, undefined],
  [{ previewOrigin: 7 }, undefined],
  [{ previewOrigin: ":99999" }, undefined],
  [{}, undefined],
  [null, undefined],
])("%j", (value, origin) => {
  expect(readSiteConfig(value, page).previewOrigin).toBe(origin);
});
