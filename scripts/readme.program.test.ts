/**
 * The README's code runs as it stands there, but for port 8080, which may be taken here: programs in a Node process of their own (one that says
 * `try: curl localhost:PORT/` has to answer there), Vitest examples as tests of this file. All of it is
 * type-checked.
 */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { root } from "./entries.mjs";
import { expectToRun } from "./expect-to-run.ts";
import { freePort } from "./program.ts";
import { typeErrors } from "./type-errors.ts";

const folder = join(root, ".build", `readme-${process.pid}`);
const readme = await readFile(join(root, "README.md"), "utf8");
const blocks = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""], index) => {
  const line = code.split("\n").find((each) => each.trim() !== "" && !each.startsWith("import")) ?? "";
  return { title: `${index + 1}: ${line}`, code, path: join(folder, `block-${index + 1}.ts`) };
});
const isTest = ({ code }: { code: string }) => /from "vitest"/.test(code);

await mkdir(folder, { recursive: true });
for (const { path, code } of blocks) {
  const own = code.includes("8080") ? code.replaceAll("8080", `${await freePort()}`) : code;
  await writeFile(path, `${own}\nexport {};\n`);
}
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the README's code", () => {
  test("is there", () => {
    expect(blocks.length).toBeGreaterThan(0);
  });

  test("type-checks", { timeout: 60_000 }, async () => {
    expect(await typeErrors(folder)).toBe("");
  });

  test.each(blocks.filter((block) => !isTest(block)))("runs: $title", { timeout: 20_000 }, ({ path }) =>
    expectToRun(path, folder),
  );
});

for (const block of blocks.filter(isTest)) await import(block.path);
