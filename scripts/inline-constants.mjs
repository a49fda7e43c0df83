/**
 * Numbers that have a name at the top of a module become the numbers that they are. esbuild does that for the
 * constants of a module without imports (elsewhere one could be read before it is set), so each module's are led to it
 * as a module of their own. Names are for who reads the sources; a page need not load them.
 */
import { readFile } from "node:fs/promises";

const CONSTANT = /^(export )?const ([A-Z][A-Z\d_]*) = -?[\d_]+;$/gm;
const NAMESPACE = "constants";

/** @type {import("esbuild").Plugin} */
export const inlineConstants = {
  name: NAMESPACE,
  setup({ onLoad, onResolve }) {
    onLoad({ filter: /[\\/]src[\\/].*\.ts$/, namespace: "file" }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const found = [...source.matchAll(CONSTANT)];
      if (found.length === 0) return undefined;
      const from = `from ${JSON.stringify(`${NAMESPACE}:${path}`)};`;
      const names = found.map(([, , name]) => name).join(", ");
      const exported = found.flatMap(([, isExported, name]) => (isExported ? [name] : [])).join(", ");
      // At the end, and in the place of each constant an empty line: source maps count lines.
      const contents = `${source.replace(CONSTANT, "")}\nimport { ${names} } ${from}\nexport { ${exported} } ${from}`;
      return { contents, loader: "ts" };
    });
    onResolve({ filter: new RegExp(`^${NAMESPACE}:`) }, ({ path }) => ({
      path: path.slice(NAMESPACE.length + 1),
      namespace: NAMESPACE,
      sideEffects: false,
    }));
    onLoad({ filter: /./, namespace: NAMESPACE }, async ({ path }) => {
      const found = (await readFile(path, "utf8")).matchAll(CONSTANT);
      const lines = Array.from(found, ([line]) => (line.startsWith("export") ? line : `export ${line}`));
      return { contents: lines.join("\n"), loader: "ts" };
    });
  },
};
