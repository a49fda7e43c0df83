/**
 * Makes the API reference out of the sources and their comments: one page an entry point, as Markdown, in
 * docs/reference/.
 */
import { readFile, rm } from "node:fs/promises";
import { Application, Comment } from "typedoc";
import { entries, root } from "../entries.mjs";

/** Entry points whose names a page shows; of several for one name, Node's stands for all. */
const shown = entries.filter(
  ({ name, condition }) => !name.startsWith("./node-http/") && !["bun", "deno"].includes(condition ?? ""),
);
const sources = new Map();
for (const { name, source, condition } of shown) {
  if (condition === "node" || !sources.has(name)) sources.set(name, source);
}

export async function makeReference() {
  await rm(`${root}docs/reference`, { recursive: true, force: true });
  const options = /** @type {{}} */ ({
    entryPoints: [...sources.values()].map((source) => root + source),
    tsconfig: `${root}tsconfig.json`,
    plugin: ["typedoc-plugin-markdown"],
    out: `${root}docs/reference`,
    name: "Reference",
    router: "module",
    readme: "none",
    entryFileName: "index",
    hideBreadcrumbs: true,
    hidePageHeader: true,
    excludeInternal: true,
    excludePrivate: true,
    excludeExternals: true,
    disableSources: true,
    parametersFormat: "table",
    interfacePropertiesFormat: "list",
    useHTMLAnchors: true, // a type and a member may come to one name
    anchorPrefix: "api-", // headings have names of their own
    useHTMLEncodedBrackets: true,
    sanitizeComments: true,
    validation: { notExported: false, invalidLink: true },
    skipErrorChecking: true, // `npm run types` has done that
    logLevel: "Warn",
  });
  const app = await Application.bootstrapWithPlugins(options);
  const project = await app.convert();
  if (!project) throw new Error("the reference could not be made, see above");
  await nameModules(project);
  await app.generateOutputs(project);
  if (app.logger.hasErrors()) throw new Error("the reference could not be written, see above");
}

/**
 * Modules are named as users import them, and say what stands at the head of their files.
 *
 * @param {import("typedoc").ProjectReflection} project
 */
async function nameModules(project) {
  const byFile = new Map([...sources].map(([name, source]) => [source, name]));
  for (const module of project.children ?? []) {
    const source = [...byFile.keys()].find(
      (each) => each === `src/${module.name}.ts` || each === `src/${module.name}/index.ts`,
    );
    if (!source) throw new Error(`${module.name} is no entry point`);
    module.name = `portico${byFile.get(source)?.slice(1)}`;
    const [, head = ""] = /^\/\*\*(.*?)\*\//s.exec(await readFile(root + source, "utf8")) ?? [];
    const text = head
      .replace(/^ ?\* ?/gm, "")
      .replace(/^ *@example$/gm, "**Example**\n")
      .trim();
    if (text) module.comment = new Comment([{ kind: "text", text }]);
  }
}
