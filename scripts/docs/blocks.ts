/** The code in the docs' pages. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import MarkdownIt from "markdown-it";
import { readInfo } from "../../src/markdown-it/info.ts";
import { root } from "../entries.mjs";

export interface Block {
  /** The page and the line on which it begins, `guide/files.md:12`. */
  readonly title: string;
  readonly code: string;
  /** What a playground's block says after its language; `undefined` for a plain block. */
  readonly playground: Readonly<Record<string, string>> | undefined;
}

/** Every block of TypeScript in the pages that people wrote, but those that show one of the examples. */
export async function blocksOfDocs(): Promise<Block[]> {
  const names = await readdir(join(root, "docs"), { recursive: true });
  const pages = names.filter((name) => /\.md$/.test(name) && !/^(reference|\.vitepress)\b/.test(name)).sort();
  const blocks = await Promise.all(
    pages.map(async (page) => blocksOf(page, await readFile(join(root, "docs", page), "utf8"))),
  );
  return blocks.flat();
}

function blocksOf(page: string, text: string): Block[] {
  return new MarkdownIt()
    .parse(text, {})
    .filter(({ type, info, content }) => type === "fence" && /^ts\b/.test(info) && content.trim() !== "")
    .map(({ info, content, map }) => ({
      title: `${page}:${(map?.[0] ?? 0) + 1}`,
      code: content,
      playground: readInfo(info) && wordsOf(info),
    }));
}

/** `name="value"`, the element's attributes and what these tests alone look at: `answers`, `status`, `prints`. */
function wordsOf(info: string): Readonly<Record<string, string>> {
  const found = info.matchAll(/(\w+)=(?:"([^"]*)"|'([^']*)'|(\S+))/g);
  return Object.fromEntries(
    [...found].map(([, name, ...values]) => [name, values.find((each) => each !== undefined) ?? ""]),
  );
}
