import { describe, expect, test } from "vitest";
import { CompileError, compile, compileForNode } from "./compile.ts";

/** The program as the sandbox puts it together, with a stand-in for the bundle's address. */
const compiled = async (source: string) => (await compile(source)).join("blob:x");

describe("a program for the sandbox", () => {
  test("has no types, lines where they were, and the bundle's address for every name of Portico", async () => {
    const code = await compiled(`import { a,
  type B } from "portico";
import "portico/static";
const x: number = a;
const later = await import("portico/client");
export * from 'portico/virtual';`);
    expect(code.split("\n").slice(0, 6)).toEqual([
      "import { a,",
      expect.stringMatching(/^\s*\} from "blob:x";$/),
      'import "blob:x";',
      "const x = a;",
      'const later = await import("blob:x");',
      "export * from 'blob:x';",
    ]);
    expect(code).toMatch(/\/\/# sourceURL=server\.ts$/);
  });

  test("leaves text that looks like an import alone, and what is computed", async () => {
    const source = "const text = 'import \"fastify\"';\nimport.meta.url;\nawait import(text);";
    expect(await compiled(source)).toContain(source);
  });

  test.each([
    ['import x from "fastify";\nx();', 'Cannot import "fastify"', 1],
    ['\nimport "node:fs";', 'Cannot import "node:fs"', 2],
    ["const a = ;", "SyntaxError", 1],
    ["// fine\nlet b = (1;", "SyntaxError", 2],
  ])("%j is refused with its place", async (source, message, line) => {
    const error = await compile(source).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CompileError);
    expect(error).toMatchObject({ message: expect.stringContaining(message), place: { line } });
  });

  test("that is longer than anybody types is refused", async () => {
    await expect(compile(" ".repeat(500_001))).rejects.toThrow("too long");
  });
});

test("a program for Node keeps its imports, whatever they are", async () => {
  expect(await compileForNode('import fs from "node:fs";\nimport "portico";\nlet a: string = fs;')).toBe(
    'import fs from "node:fs";\nimport "portico";\nlet a = fs;',
  );
  await expect(compileForNode("let a: = 1")).rejects.toThrow(CompileError);
});
