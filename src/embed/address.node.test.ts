import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { frameAddress, scriptAddress } from "./address.ts";

const wanted = { example: "hello", view: null, request: null, code: "", theme: "dark", nth: 1 } as const;

beforeEach(() => {
  vi.stubGlobal("document", { baseURI: "https://page.example/posts/" });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

test("the frame's page is a neighbour of what base names, a folder or a file", async () => {
  const address = "https://page.example/play/embed.html?example=hello&theme=dark";
  expect(await frameAddress("/play/", wanted)).toBe(address);
  expect(await frameAddress("/play", wanted)).toBe(address);
  expect(await frameAddress("https://page.example/play?v=2", wanted)).toBe(address);
  expect(await frameAddress("/play/embed.js", wanted)).toBe(address);
});

test.each(["javascript:alert(1)", "data:text/html,x", "ftp://page.example/", "about:blank"])(
  "a base that is no address of a page is said to be none: %s",
  async (base) => {
    await expect(frameAddress(base, wanted)).rejects.toThrow("base is not an address of http or https");
  },
);

test.each([
  ["classic", "https://other.example/play/embed.js"],
  ["with a version", "https://other.example/play/embed.js?v=2"],
])("the script of a module is found by its name: %s", (_how, src) => {
  vi.stubGlobal("HTMLScriptElement", class {});
  vi.stubGlobal("document", {
    scripts: [{ src: "https://page.example/my-embed.js" }, { src }],
    currentScript: null,
  });
  expect(scriptAddress()).toBe(src);
});
