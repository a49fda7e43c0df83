/**
 * A TypeScript program as what the sandbox runs: types stripped, lines kept where they were, and every import of
 * Portico cut out, so that the sandbox can put in the address under which it has the bundle.
 */
import { init, parse } from "es-module-lexer/js";
import { transform } from "sucrase";
import type { Place } from "../sandbox/protocol.ts";

/** A fault found before anything ran. */
export class CompileError extends Error {
  override readonly name = "CompileError";
  readonly place: Place | undefined;

  constructor(message: string, place: Place | undefined) {
    super(message);
    this.place = place;
  }
}

/** The name that stacks give the program. */
export const PROGRAM_NAME = "server.ts";
/** A program is read and highlighted at every key: more than this is not one. */
export const MAX_PROGRAM_CHARACTERS = 500_000;

/** What programs can import here; all of them lead to one bundle. */
export const MODULES = ["portico", "portico/client", "portico/static", "portico/virtual"];

/**
 * @returns the pieces between which the bundle's address belongs
 * @throws CompileError
 */
export async function compile(source: string): Promise<readonly string[]> {
  if (source.length > MAX_PROGRAM_CHARACTERS) throw new CompileError("The program is too long", undefined);
  const code = stripTypes(source);
  await init;
  const parts: string[] = [];
  let from = 0;
  for (const found of importsOf(code)) {
    const { start, end } = found;
    const name = "specifier" in found ? found.specifier : undefined;
    if (typeof name !== "string") continue; // import.meta, or computed: that fails where nothing can be loaded
    if (!MODULES.includes(name)) throw unknownModule(name, code, start);
    const quote = found.type === "dynamic" ? 1 : 0; // the lexer counts the quotes of import("...") in
    parts.push(code.slice(from, start + quote));
    from = end - quote;
  }
  parts.push(`${code.slice(from)}\n//# sourceURL=${PROGRAM_NAME}`);
  return parts;
}

/**
 * The program for Node, which finds its modules itself.
 * @throws CompileError
 */
export async function compileForNode(source: string): Promise<string> {
  if (source.length > MAX_PROGRAM_CHARACTERS) throw new CompileError("The program is too long", undefined);
  const code = stripTypes(source);
  await init;
  importsOf(code);
  return code;
}

function stripTypes(source: string): string {
  try {
    return transform(source, {
      transforms: ["typescript"],
      disableESTransforms: true,
      filePath: PROGRAM_NAME,
    }).code;
  } catch (error) {
    const { loc } = error as { loc?: { line: number; column: number } };
    const message = error instanceof Error ? error.message : String(error);
    const text = message.replace(/^Error transforming [^:]*: /, "").replace(/ \(\d+:\d+\)$/, "");
    throw new CompileError(
      `SyntaxError: ${text}`,
      loc && { line: loc.line, column: Math.max(1, loc.column) },
    );
  }
}

function importsOf(code: string) {
  try {
    return parse(code)[0];
  } catch (error) {
    const { idx } = error as { idx?: number };
    throw new CompileError("SyntaxError: this can't be read as a module", placeOf(code, idx ?? 0));
  }
}

function unknownModule(name: string, code: string, at: number): CompileError {
  const known = MODULES.map((module) => JSON.stringify(module)).join(", ");
  return new CompileError(`Cannot import ${JSON.stringify(name)}: here are ${known}`, placeOf(code, at));
}

function placeOf(code: string, at: number): Place {
  const before = code.slice(0, at).split("\n");
  return { line: before.length, column: before.at(-1)!.length + 1 };
}
