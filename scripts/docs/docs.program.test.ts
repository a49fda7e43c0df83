/**
 * The docs' code runs as it stands there. Playgrounds run on the virtual network, as they do in the page, and have to answer
 * or print what their info strings say; other programs run in a Node process of their own, and Vitest examples as
 * tests of this file. All of it is type-checked.
 */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { root } from "../entries.mjs";
import { expectToRun } from "../expect-to-run.ts";
import { typeErrors } from "../type-errors.ts";
import { blocksOfDocs } from "./blocks.ts";
import { runInPage } from "./in-page.ts";

const folder = join(root, ".build", `docs-${process.pid}`);
const blocks = (await blocksOfDocs()).map((block, index) => ({
  ...block,
  path: join(folder, `block-${index + 1}.ts`),
}));
const playgrounds = blocks.flatMap(({ playground, ...block }) =>
  playground ? [{ ...block, playground }] : [],
);
const plain = blocks.filter(({ playground }) => !playground);
const isTest = ({ code }: { code: string }) => /from "vitest"/.test(code);

await mkdir(folder, { recursive: true });
await Promise.all(blocks.map(({ path, code }) => writeFile(path, `${code}\nexport {};\n`)));
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the docs' code", () => {
  test("is there, on pages of every kind", () => {
    expect(playgrounds.length).toBeGreaterThan(20);
    for (const part of ["guide", "concepts", "cookbook", "migrating"])
      expect(playgrounds.some(({ title }) => title.startsWith(part))).toBe(true);
  });

  test("type-checks", { timeout: 60_000 }, async () => {
    const titles = blocks.reduce(
      (text, { title }, index) => text.replaceAll(`block-${index + 1}.ts`, title),
      await typeErrors(folder),
    );
    expect(titles).toBe("");
  });
});

describe("a playground of the docs answers and prints what its page says", () => {
  afterEach(() => void vi.restoreAllMocks());

  test.each(playgrounds)("$title", async ({ path, playground }) => {
    const printed: string[] = [];
    for (const level of ["log", "error", "timeEnd"] as const)
      vi.spyOn(console, level).mockImplementation(
        (...parts: unknown[]) => void printed.push(parts.join(" ")),
      );
    const { request = "GET /", answers, prints, status = "200" } = playground;
    expect(answers ?? prints, "it says neither what it answers nor what it prints").toBeDefined();
    const [method = "", target = ""] = request === "none" ? [] : request.split(" ");
    const answer = await runInPage(path, method, target);
    if (answers !== undefined) {
      expect(answer).toEqual({ status: Number(status), text: expect.stringContaining(answers) });
    }
    if (prints !== undefined) await expect.poll(() => printed.join("\n")).toContain(prints);
  });
});

test.each(plain.filter((block) => !isTest(block)))("the program of $title runs on Node", ({ path }) =>
  expectToRun(path, folder),
);

for (const block of plain.filter(isTest)) await import(block.path);
