import { join } from "node:path";
import type { Plugin } from "esbuild";
import { entries, root } from "./entries.mjs";

/** The package's names lead to the sources, so that no build is needed. Other packages stay what they are. */
export const sources: Plugin = {
  name: "portico-sources",
  setup({ onResolve }) {
    onResolve({ filter: /^portico(\/|$)/ }, ({ path }) => {
      const named = entries.filter(({ name }) => `portico${name.slice(1)}` === path);
      const entry = named.find(({ condition }) => condition === "node") ?? named[0];
      return entry && { path: join(root, entry.source) };
    });
  },
};

/** The same for a page: the entries without a condition. */
export const pageSources: Plugin = {
  name: "portico-page-sources",
  setup({ onResolve }) {
    onResolve({ filter: /^portico(\/|$)/ }, ({ path }) => {
      const entry = entries.find(({ name, condition }) => !condition && `portico${name.slice(1)}` === path);
      return entry && { path: join(root, entry.source) };
    });
  },
};
