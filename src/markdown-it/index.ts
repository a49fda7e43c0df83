/**
 * `portico/markdown-it`: a fenced block that says `playground` becomes an `<http-playground>` with the block, highlighted as
 * any other, in it. For markdown-it and what is built on it, VitePress first of all. The page loads `embed.js` or
 * `portico/embed` itself.
 *
 * ````md
 * ```ts playground view="code wire response" height=480 request="GET /ada"
 * ```
 * ````
 *
 * @example
 * ```ts
 * // .vitepress/config.ts
 * import { isPlayground, playground } from "portico/markdown-it";
 * import { defineConfig } from "vitepress";
 *
 * export default defineConfig({
 *   head: [["script", { async: "", src: "https://playground.example/embed.js" }]],
 *   markdown: { config: (md) => md.use(playground, { view: "code response" }) },
 *   vue: { template: { compilerOptions: { isCustomElement: isPlayground } } },
 * });
 * ```
 */
import { readInfo } from "./info.ts";

/** What fenced blocks that do not say otherwise have. A block's own words win. */
export interface PlaygroundOptions {
  /** Panels, see `<http-playground>`'s `view`. Default: the element's, `code response`. */
  readonly view?: string;
  /** Pixels, or a length of CSS. Default: the element's, 440 pixels. */
  readonly height?: string | number;
  /** URL of the playground's folder. Default: where the page's `embed.js` came from. */
  readonly base?: string;
  /**
   * The code of an example, shown where a block names one and is empty. Default: such a block shows nothing but its
   * button until that is pressed.
   */
  readonly example?: (name: string) => string | undefined;
}

/** As much of a markdown-it token as is read and, while the block is rendered, written. */
interface FenceToken {
  info: string;
  content: string;
}

/** A rule of markdown-it's renderer: versions differ in the types of what is only handed on here. */
type Rule = (...context: never[]) => string;

type FenceRule = (tokens: readonly FenceToken[], index: number, ...rest: unknown[]) => string;

/** As much of a `MarkdownIt` as is used: any version from 12 on has it. */
export interface MarkdownRenderer {
  readonly renderer: { readonly rules: { fence?: Rule | undefined } };
}

/**
 * A plugin of markdown-it: `md.use(playground, options)`. Use it after the plugins that render fenced blocks, highlighters
 * included: what they make of the block is what stands in the element.
 *
 * @param md the renderer
 * @param options what blocks that do not say otherwise have
 * @throws TypeError when the renderer has no rule for fenced blocks
 *
 * @example
 * ```ts
 * import MarkdownIt from "markdown-it";
 * import { playground } from "portico/markdown-it";
 *
 * const md = new MarkdownIt().use(playground, { view: "code wire response" });
 * const html = md.render('```ts playground request="GET /ada"\nconst name = "ada";\n```\n');
 * html.startsWith('<http-playground view="code wire response" request="GET /ada">'); // true
 * ```
 */
export function playground(md: MarkdownRenderer, options: PlaygroundOptions = {}): void {
  const { rules } = md.renderer;
  const fence = rules.fence as FenceRule | undefined;
  if (!fence) throw new TypeError("This renderer has no rule named fence");
  const rule: FenceRule = (tokens, index, ...rest) => {
    const token = tokens[index];
    const block = token && readInfo(token.info);
    if (!block) return fence(tokens, index, ...rest);
    const { info, content } = token;
    const { example } = block.attributes;
    token.info = block.info;
    if (content.trim() === "" && example !== undefined) token.content = options.example?.(example) ?? "";
    try {
      const code = token.content === "" ? "" : fence(tokens, index, ...rest);
      return `<http-playground${attributesOf({ ...defaultsOf(options), ...block.attributes })}>${code}</http-playground>\n`;
    } finally {
      Object.assign(token, { info, content });
    }
  };
  rules.fence = rule;
}

/**
 * Tells Vue's compiler which tags are not its components: the value of `isCustomElement`.
 *
 * @example
 * ```ts
 * import { isPlayground } from "portico/markdown-it";
 *
 * isPlayground("http-playground"); // true
 * isPlayground("p"); // false
 * ```
 */
export function isPlayground(tag: string): boolean {
  return tag === "http-playground";
}

function defaultsOf({ view, height, base }: PlaygroundOptions): Record<string, string> {
  const all = { view, height: height?.toString(), base };
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function attributesOf(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escaped(value)}"`)
    .join("");
}

/** Braces too: between two of them Vue would look for an expression. */
function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&": "&amp;",
    '"': "&quot;",
    "<": "&lt;",
    ">": "&gt;",
    "{": "&#123;",
  };
  return text.replace(/[&"<>{]/g, (letter) => entities[letter] ?? letter);
}
