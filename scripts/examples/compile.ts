/** The examples and the package's entries in one program of the compiler. */
import { join } from "node:path";
import ts from "typescript";
import { entries, root } from "../entries.mjs";

export interface PublicExport {
  readonly name: string;
  /** Where it is declared, `src/http1/reason.ts`. */
  readonly source: string;
  /** The entries that export it, `portico/static`. */
  readonly entries: readonly string[];
  readonly hasExample: boolean;
}

export interface Compiled {
  /** What the compiler says of the examples; `""` is nothing. */
  readonly errors: string;
  /** Every function and class that an entry exports. */
  readonly callables: readonly PublicExport[];
}

/** @param examples Paths of the programs: below the repository, so that they find the packages they import. */
export function compile(examples: readonly string[]): Compiled {
  const program = ts.createProgram(
    [...entries.map(({ source }) => join(root, source)), ...examples],
    options(),
  );
  const diagnostics = examples.flatMap((path) => {
    const file = program.getSourceFile(path);
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
  });
  const errors = ts.formatDiagnostics(diagnostics, {
    getCurrentDirectory: () => root,
    getCanonicalFileName: (name) => name,
    getNewLine: () => "\n",
  });
  return { errors, callables: callablesOf(program) };
}

/** The project's own, with every entry by its name. */
function options(): ts.CompilerOptions {
  const path = join(root, "tsconfig.json");
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(path, ts.sys.readFile).config,
    ts.sys,
    root,
  );
  const node = entries.filter(({ name, condition }) => condition === "node" || !hasNodes(name));
  const paths = Object.fromEntries(node.map(({ name, source }) => [packageName(name), [join(root, source)]]));
  return {
    ...options,
    paths,
    incremental: false,
    noUnusedLocals: false,
    rewriteRelativeImportExtensions: false,
  };
}

const packageName = (name: string) => `portico${name.slice(1)}`;
const hasNodes = (name: string) => entries.some((entry) => entry.name === name && entry.condition === "node");

function callablesOf(program: ts.Program): PublicExport[] {
  const checker = program.getTypeChecker();
  const found = new Map<ts.Symbol, PublicExport & { entries: string[] }>();
  for (const { name, source } of entries) {
    const file = program.getSourceFile(join(root, source));
    const module = file && checker.getSymbolAtLocation(file);
    for (const exported of module ? checker.getExportsOfModule(module) : []) {
      if (exported.declarations?.some(ts.isTypeOnlyImportOrExportDeclaration)) continue;
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      const path = symbol.declarations?.[0]?.getSourceFile().fileName;
      if (
        !(symbol.flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Class)) ||
        !path?.startsWith(`${root}src/`)
      )
        continue;
      const hasExample = symbol.getJsDocTags(checker).some((tag) => tag.name === "example");
      const known = found.get(symbol) ?? {
        name: exported.name,
        source: path.slice(root.length),
        entries: [],
        hasExample,
      };
      known.entries.push(packageName(name));
      found.set(symbol, known);
    }
  }
  return [...found.values()];
}
