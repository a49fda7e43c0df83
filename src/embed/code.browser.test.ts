import { afterEach, describe, expect, test } from "vitest";
import { frameAddress } from "./address.ts";
import { codeIn } from "./code.ts";
import { themeAround } from "./theme.ts";

function element(html: string): HTMLElement {
  const made = document.createElement("div");
  made.innerHTML = html;
  document.body.append(made);
  return made;
}
afterEach(() => document.body.replaceChildren());

describe("the code of an element", () => {
  test.each([
    ["text as it stands", "one;\ntwo;", "one;\ntwo;\n"],
    ["text that the page indents", "\n    if (x) {\n      two();\n    }\n  ", "if (x) {\n  two();\n}\n"],
    ["text that begins beside the tag", "one;\n    two;\n      three;", "one;\ntwo;\n  three;\n"],
    ["lines that are empty in the middle", "\n  one;\n\n  two;\n", "one;\n\ntwo;\n"],
    [
      "a pre alone, with what else there is left out",
      "<span>ts</span><pre><code>a &lt; b\n</code></pre>",
      "a < b\n",
    ],
    [
      "a pre that is highlighted",
      "<pre><code><span>const</span> <b>x</b>\n  = 1;</code></pre>",
      "const x\n  = 1;\n",
    ],
    ["nothing", " \n ", ""],
  ])("is %s", (_name, html, code) => {
    expect(codeIn(element(html))).toBe(code);
  });
});

describe("the theme around an element", () => {
  test.each([
    ["#17212b", "light"],
    ["rgb(223, 231, 238)", "dark"],
    ["rgba(255, 255, 255, 0.87)", "dark"],
    ["oklch(0.95 0.01 200)", "dark"],
    ["color(display-p3 0.1 0.1 0.2)", "light"],
  ])("with text of %s is %s", (color, theme) => {
    const around = element("<p></p>");
    around.style.color = color;
    expect(themeAround(around.firstElementChild ?? around)).toBe(theme);
  });
});

describe("the address of the frame", () => {
  const wanted = { example: null, view: null, request: null, theme: "dark", nth: 1, code: "" } as const;

  test("lies in the folder of the base, whatever file of it is named", async () => {
    const address = await frameAddress("https://playground.example/a/embed.js?x#y", wanted);
    expect(address).toBe("https://playground.example/a/embed.html?theme=dark");
  });

  test("says what is wanted, and the code as a link does", async () => {
    const all = {
      ...wanted,
      example: "hello",
      view: "code wire",
      request: "GET /?a=1&b",
      nth: 2,
      code: "1;\n",
    };
    const url = new URL(await frameAddress("/play/", all));
    expect(Object.fromEntries(url.searchParams)).toEqual({
      example: "hello",
      view: "code wire",
      request: "GET /?a=1&b",
      theme: "dark",
      nth: "2",
    });
    expect(url.hash).toMatch(/^#v1\.[\w-]+$/);
  });

  test("is never one that is a program itself", async () => {
    await expect(frameAddress("javascript:alert(1)", wanted)).rejects.toThrow(TypeError);
    await expect(frameAddress("data:text/html,x", wanted)).rejects.toThrow(TypeError);
  });
});
