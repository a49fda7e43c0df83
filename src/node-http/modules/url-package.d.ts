/** What is used of the `url` package, which has no types of its own. Named by its file: `url` alone is Node's. */
declare module "url/url.js" {
  export const Url: new () => import("./url.ts").LegacyUrl;
  export function parse(
    url: string,
    parseQuery?: boolean,
    slashesDenoteHost?: boolean,
  ): import("./url.ts").LegacyUrl;
  export function format(url: object): string;
  export function resolve(from: string, to: string): string;
}
