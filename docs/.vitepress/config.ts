/** The docs site. `npm run docs` builds it; its examples are playgrounds, which are served beside it. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitepress";
import { entries } from "../../scripts/entries.mjs";
import { isPlayground, playground } from "../../src/markdown-it/index.ts";

/** Where the site and the playground will be: paths of one origin, or URLs. Each ends with a slash. */
const base = process.env.PORTICO_DOCS_BASE ?? "/docs/";
const playgroundBase = process.env.PORTICO_PLAYGROUND ?? "/";

const page = (text: string, link: string) => ({ text, link });

/** The pages that scripts/docs/reference.mjs makes, one an entry point. */
const reference = [...new Set(entries.map(({ name }) => name))].filter(
  (name) => !name.startsWith("./node-http/"),
);

const sidebar = [
  {
    text: "Guide",
    items: [
      page("Getting started", "/guide/getting-started"),
      page("Requests and responses", "/guide/requests-and-responses"),
      page("Files", "/guide/files"),
      page("Frameworks", "/guide/frameworks"),
      page("WebSocket and events", "/guide/websocket-and-events"),
      page("In a page", "/guide/in-a-page"),
      page("Tests", "/guide/tests"),
      page("The embed", "/guide/embed"),
    ],
  },
  {
    text: "Concepts",
    items: [
      page("The socket", "/concepts/socket"),
      page("The network", "/concepts/network"),
      page("The life of a request", "/concepts/life-of-a-request"),
      page("Errors, limits and timeouts", "/concepts/errors-limits-timeouts"),
    ],
  },
  { text: "Cookbook", items: [page("Recipes", "/cookbook/")] },
  {
    text: "Migrating",
    items: [
      page("From the seed", "/migrating/from-the-seed"),
      page("From node:http", "/migrating/from-node-http"),
      page("From MSW", "/migrating/from-msw"),
    ],
  },
  {
    text: "Reference",
    items: reference.map((name) => page(`portico${name.slice(1)}`, `/reference/portico${name.slice(1)}`)),
  },
];

export default defineConfig({
  title: "Portico",
  description: "One HTTP server behind any socket: on Node's TCP, inside a page, behind a service worker.",
  lang: "en",
  base,
  outDir: "../dist-docs",
  cleanUrls: false,
  lastUpdated: false,
  head: [
    ["link", { rel: "icon", href: "data:," }],
    ["script", { async: "", src: `${playgroundBase}embed.js` }],
  ],
  markdown: {
    theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
    config: (md) => void md.use(playground, { view: "code response", example: codeOf }),
  },
  vue: { template: { compilerOptions: { isCustomElement: isPlayground } } },
  themeConfig: {
    nav: [
      page("Guide", "/guide/getting-started"),
      page("Cookbook", "/cookbook/"),
      page("Reference", "/reference/portico"),
      { text: "Playground", link: playgroundBase, target: "_self" },
    ],
    sidebar,
    outline: { level: [2, 3] },
    search: { provider: "local" },
    externalLinkIcon: true,
  },
});

/** The code of one of the repository's examples. */
function codeOf(name: string): string | undefined {
  if (!/^[\w-]+$/.test(name)) return undefined;
  return readFileSync(fileURLToPath(new URL(`../../examples/${name}.ts`, import.meta.url)), "utf8");
}
