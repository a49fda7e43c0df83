/**
 * The `@example`s of the sources. Each is a program that stands by itself, with its imports, in a fence; what its
 * comments promise is checked when it runs:
 *
 *     reasonPhrase(404); // "Not Found"               the value, as a literal
 *     const body = await response.text(); // "Hello"  the same
 *     console.log(request.method); // GET             what is printed
 *     server.getPort(); // throws NotListening        the error's `code`, or its name
 */
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { root } from "../entries.mjs";

export interface Example {
  /** Where its first line stands, `src/http1/reason.ts:33`. */
  readonly title: string;
  /** The source it stands in. */
  readonly source: string;
  readonly line: number;
  /** `ts`, `html`; `""` when it is not in a fence. */
  readonly language: string;
  readonly code: string;
}

/** Every example below `src/`. */
export async function examplesOfSources(): Promise<Example[]> {
  const names = await readdir(join(root, "src"), { recursive: true });
  const sources = names.filter((name) => /(?<!\.test)\.ts$/.test(name)).map((name) => join("src", name));
  const found = await Promise.all(
    sources.sort().map(async (source) => examplesOf(source, await readFile(join(root, source), "utf8"))),
  );
  return found.flat();
}

function examplesOf(source: string, text: string): Example[] {
  return [...text.matchAll(/^ *\/\*\*.*?\*\//gms)].flatMap((comment) =>
    [...comment[0].matchAll(/@example\b(.*?)(?=^ *\* @|\*\/)/gms)].map((tag) => {
      const before = text.slice(0, comment.index + tag.index);
      return { source, ...codeOf(source, before.split("\n").length, tag[1] ?? "") };
    }),
  );
}

/** The first fence behind the tag. */
function codeOf(source: string, tagLine: number, text: string): Omit<Example, "source"> {
  const lines = text.split("\n").map((line) => line.replace(/^ *\* ?/, ""));
  const opened = lines.findIndex((line) => line.startsWith("```"));
  const closed = lines.findIndex((line, index) => index > opened && line.startsWith("```"));
  const line = tagLine + opened + 1;
  return {
    title: `${source}:${line}`,
    line,
    language: opened < 0 || closed < 0 ? "" : (lines[opened]?.slice(3) ?? ""),
    // Those of internal modules import them by their paths.
    code: lines
      .slice(opened + 1, closed)
      .join("\n")
      .replaceAll('from "./', `from "${join(root, dirname(source))}/`),
  };
}
