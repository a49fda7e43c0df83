/** What an example's comments promise, made into code that looks: see blocks.ts for the forms. */
import ts from "typescript";

export interface Checked {
  readonly code: string;
  /** The number of promises. */
  readonly count: number;
  /** Its last statement serves for ever. */
  readonly serves: boolean;
}

/** Global functions: one hears of each promise that was kept, by its index; one is a `fetch` to what the program serves. */
export const REPORT = "exampleReport";
export const FETCH = "exampleFetch";

export function withChecks(code: string): Checked {
  const file = ts.createSourceFile("example.ts", code, ts.ScriptTarget.Latest, true);
  const edits: { at: number; to: number; text: string }[] = [];
  let count = 0;
  const visit = (node: ts.Node) => {
    const promise = /^[;\s]*\/\/ (.*)/.exec(code.slice(node.end).split("\n")[0] ?? "")?.[1];
    const text = promise !== undefined && checkOf(node, promise, count);
    if (text) {
      edits.push({ at: node.getStart(), to: node.end, text });
      count++;
    } else ts.forEachChild(node, visit);
  };
  visit(file);
  const edited = edits
    .sort((one, other) => other.at - one.at)
    .reduce((result, { at, to, text }) => result.slice(0, at) + text + result.slice(to), code);
  const last = file.statements.at(-1)?.getText() ?? "";
  const serves = /\.(serve|listen)\(/.test(last);
  return { code: (count > 0 ? helpers : "") + (serves ? fetcher : "") + edited, count, serves };
}

/** The statement's text with what looks whether the promise is kept; `undefined` when the comment is only a comment. */
function checkOf(node: ts.Node, promise: string, index: number): string | undefined {
  const text = node.getText();
  const literal = /^(["[{\d-]|(true|false|null|undefined)$)/.test(promise);
  if (ts.isVariableStatement(node)) {
    const name = node.declarationList.declarations[0]?.name.getText();
    return literal ? `${text} kept.is(${index}, ${name}, ${promise});` : undefined;
  }
  if (!ts.isExpressionStatement(node)) return undefined;
  const expression = node.expression.getText();
  const error = /^throws (\w+)/.exec(promise)?.[1];
  if (error) {
    const wanted = JSON.stringify(error);
    return expression.startsWith("await ")
      ? `await kept.rejects(${index}, async () => ${expression}, ${wanted});`
      : `kept.throws(${index}, () => ${expression}, ${wanted});`;
  }
  if (expression.startsWith("console.log("))
    return `kept.prints(${index}, ${JSON.stringify(promise)}, ${expression.slice("console.log(".length)};`;
  return literal ? `kept.is(${index}, ${expression}, ${promise});` : undefined;
}

const helpers = `const kept = (() => {
  const show = (value) => JSON.stringify(value) ?? String(value);
  const report = (index, got, wanted) => {
    if (got !== wanted) throw new Error("promise " + (index + 1) + ": got " + got + ", wanted " + wanted);
    globalThis.${REPORT}?.(index);
  };
  return {
    is: (index, got, wanted) => report(index, show(got), show(wanted)),
    prints: (index, wanted, ...parts) => report(index, parts.map(String).join(" "), wanted),
    throws(index, act, wanted) {
      let error = { code: "nothing" };
      try { act(); } catch (thrown) { error = thrown; }
      this.failed(index, error, wanted);
    },
    async rejects(index, act, wanted) {
      this.failed(index, await act().then(() => ({ code: "nothing" }), (error) => error), wanted);
    },
    failed: (index, error, wanted) => report(index, error.code === wanted ? wanted : error.name, wanted),
  };
})();
`;

const fetcher = `import { createFetch as fetchForExample } from "portico"; globalThis.${FETCH} = fetchForExample();
`;
