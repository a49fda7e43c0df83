/** The examples and the package's entries in one program of the compiler. */
import { join } from "node:path";
import ts from "typescript";
import { entries, root } from "../entries.mjs";

export interface PublicExport {
  readonly name: string;
  /** Where it is declared, `src/http1/reason.ts`. */
  readonly source: string;
  readonly hasExample: boolean;
}

export interface Compiled {
  /** What the compiler says of the examples; `""` is nothing. */
  readonly errors: string;
  /** Every function and class that an entry exports. */
  readonly callables: readonly PublicExport[];
  /** Fields of exported options that do not say what they are or, where they may be left out, what holds then. */
  readonly silentOptions: readonly string[];
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
  return { errors, callables: callablesOf(program), silentOptions: silentOptionsOf(program) };
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
  const found = new Map<ts.Symbol, PublicExport>();
  for (const { symbol, name, source } of exportsOf(program)) {
    if (!(symbol.flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Class))) continue;
    const hasExample = symbol.getJsDocTags(checker).some((tag) => tag.name === "example");
    found.set(symbol, { name, source, hasExample });
  }
  return [...found.values()];
}

/** Options by the names of their interfaces. Those of `node:http` are Node's. */
function silentOptionsOf(program: ts.Program): string[] {
  const checker = program.getTypeChecker();
  const fields = exportsOf(program)
    .filter(
      ({ name, source }) =>
        /(Options|Spec|Limits|Timeouts|Conditions|Init)$/.test(name) && !/^src\/node-http/.test(source),
    )
    .flatMap(({ symbol, name }) => {
      const declaration = symbol.declarations?.find(ts.isInterfaceDeclaration);
      return (declaration?.members ?? []).flatMap((member) => {
        const field = member.name && checker.getSymbolAtLocation(member.name);
        return field
          ? [{ field, title: `${name}.${field.name}`, optional: member.questionToken !== undefined }]
          : [];
      });
    });
  const silent = fields.filter(({ field, optional }) => {
    if (field.getJsDocTags().some((tag) => tag.name === "internal")) return false;
    const text = ts.displayPartsToString(field.getDocumentationComment(checker));
    return text === "" || (optional && !/default/i.test(text));
  });
  return [...new Set(silent.map(({ title }) => title))];
}

/** What the entries export of the sources; not what they export as a type alone of a class. */
function exportsOf(program: ts.Program) {
  const checker = program.getTypeChecker();
  return entries.flatMap(({ source: path }) => {
    const file = program.getSourceFile(join(root, path));
    const module = file && checker.getSymbolAtLocation(file);
    return (module ? checker.getExportsOfModule(module) : []).flatMap((exported) => {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      const declared = symbol.declarations?.[0]?.getSourceFile().fileName ?? "";
      const typeOnly = exported.declarations?.some(ts.isTypeOnlyImportOrExportDeclaration);
      if (!declared.startsWith(`${root}src/`) || (typeOnly && symbol.flags & ts.SymbolFlags.Class)) return [];
      return [{ symbol, name: exported.name, source: declared.slice(root.length) }];
    });
  });
}
