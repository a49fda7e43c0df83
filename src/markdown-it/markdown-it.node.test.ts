import MarkdownIt from "markdown-it";
import { createMarkdownRenderer } from "vitepress";
import { describe, expect, test } from "vitest";
import { isPlayground, playground } from "./index.ts";

const block = (info: string, code = 'const a = "<b>";\n') => `\`\`\`${info}\n${code}\`\`\`\n`;
const CODE = "const a = &quot;&lt;b&gt;&quot;;\n";

describe("markdown-it", () => {
  const md = new MarkdownIt().use(playground, { view: "code response" });

  test("makes an element of a block that says playground, with the block in it", () => {
    expect(md.render(block("ts playground"))).toBe(
      `<http-playground view="code response"><pre><code class="language-ts">${CODE}</code></pre>\n</http-playground>\n`,
    );
  });

  test("takes attributes from the info string, in either kind of quotes or in none", () => {
    const html = md.render(
      block(`ts playground view="code wire" height=480 request='POST /a?b=1&c' label=Mine`),
    );
    expect(html).toMatch(
      '<http-playground view="code wire" height="480" request="POST /a?b=1&amp;c" label="Mine"><pre>',
    );
  });

  test("leaves other blocks alone, those with playground as their language too", () => {
    const plain = new MarkdownIt();
    for (const info of ["ts", "", "playground", "ts playgrounds", "ts no-playground"])
      expect(md.render(block(info))).toBe(plain.render(block(info)));
  });

  test("takes nothing from the info string that is not an attribute of the element", () => {
    const html = md.render(block(`ts playground onclick="alert(1)" view='"><script>'`));
    expect(html).not.toContain("onclick");
    expect(html).toContain('view="&quot;&gt;&lt;script&gt;"');
  });

  test("shows an example's code in a block that names one and is empty", () => {
    const named = new MarkdownIt().use(playground, {
      example: (name: string) => (name === "hello" ? "hello();\n" : undefined),
    });
    expect(named.render(block("ts playground example=hello", ""))).toBe(
      '<http-playground example="hello"><pre><code class="language-ts">hello();\n</code></pre>\n</http-playground>\n',
    );
    expect(named.render(block("ts playground example=none", ""))).toBe(
      '<http-playground example="none"></http-playground>\n',
    );
    expect(named.render(block("ts playground example=hello", "mine();\n"))).toContain("mine();");
  });

  test("leaves the tokens as they were, for whoever renders them again", () => {
    const tokens = md.parse(block("ts playground height=1"), {});
    md.renderer.render(tokens, md.options, {});
    expect(tokens[0]).toMatchObject({ info: "ts playground height=1", content: 'const a = "<b>";\n' });
  });
});

describe("VitePress's own renderer", async () => {
  const md = await createMarkdownRenderer(".", {
    config: (each) => void each.use(playground, { height: 300 }),
  });

  test("highlights the block in the element, with lines marked as in any other", () => {
    const html = md.render(block("ts {1} playground view=code"), { path: "a.md", relativePath: "a.md" });
    expect(html).toMatch(/^<http-playground height="300" view="code"><div class="language-ts/);
    expect(html).toContain('<span class="line highlighted">');
    expect(html).toMatch(/<\/pre>.*<\/div><\/http-playground>\n$/s);
  });

  test("does not take braces in an attribute for an expression of Vue's", () => {
    const html = md.render(block('ts playground label="{{ 1 }}"'), { path: "a.md", relativePath: "a.md" });
    expect(html).toContain('label="&#123;&#123; 1 }}"');
  });
});

test("Vue is told of the element alone", () => {
  expect(isPlayground("http-playground")).toBe(true);
  expect(isPlayground("HttpPlayground")).toBe(false);
});
