import type { RequestCallback } from "../server/types.ts";

/** Options of `serveFiles`. */
export interface ServeFilesOptions {
  /**
   * The path that the source's root is served at, such as `"/assets"`. What is asked for outside of it is
   * not found. Default `"/"`.
   */
  readonly prefix?: string;
  /** Files that are sent for a directory, the first that is there. `[]`: none. Default `["index.html"]`. */
  readonly index?: readonly string[];
  /** Sends a page that lists a directory without an index. Shows every name in it. Default false. */
  readonly listing?: boolean;
  /**
   * What happens to paths with a name that begins with a dot, where keys and histories tend to lie:
   * `"hide"` finds nothing there, `"serve"` makes no difference. `/.well-known/` (RFC 8615) is served
   * either way. Default `"hide"`.
   */
  readonly dotfiles?: "hide" | "serve";
  /**
   * Sends `name.br` or `name.gz` in place of `name` to a client that takes the coding. Costs a look for each
   * neighbour that isn't there. Default true.
   */
  readonly precompressed?: boolean;
  /**
   * `Cache-Control` of every file, or a function of its path below the prefix (`"js/app.js"`); null sends none. Default
   * `"no-cache"`: caches keep the file and ask each time whether it is still good.
   */
  readonly cacheControl?: string | null | ((path: string) => string | null);
  /**
   * Further fields of a file's response (200, 206, 304), by its path below the prefix (`"js/app.js"`): a policy, say.
   * They come after the ones above and do not replace those that tell of the content. Default: none.
   */
  readonly headers?: (path: string) => Readonly<Record<string, string>>;
  /** Media types by extension (lower case, no dot), before those of the table: `{ "txt": "text/plain" }`. Default: none. */
  readonly types?: Readonly<Record<string, string>>;
  /** `charset` of `text/*` types from the table; null sends none. Default `"utf-8"`. */
  readonly charset?: string | null;
  /**
   * Answers a request that nothing was found for, of any method: a page of your own, the next
   * callback, a second `serveFiles`. Default: 404 in plain text.
   */
  readonly notFound?: RequestCallback;
}

/** What holds where an option is left out. */
export const DEFAULTS: Readonly<Required<ServeFilesOptions>> = Object.freeze({
  prefix: "/",
  index: Object.freeze(["index.html"]),
  listing: false,
  dotfiles: "hide",
  precompressed: true,
  cacheControl: "no-cache",
  headers: () => ({}),
  types: Object.freeze({}),
  charset: "utf-8",
  notFound: (request) => request.respond(404, "Not Found\n", { "Content-Type": "text/plain; charset=utf-8" }),
});
