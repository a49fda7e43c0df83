/// <reference path="./url-package.d.ts" />
/** `url`: the legacy parser from its package, and the platform's classes that Node has there too. */
import * as legacy from "url/url.js";

/** The legacy parser's result; every part of it may be missing. */
export interface LegacyUrl {
  href: string | null;
  protocol: string | null;
  host: string | null;
  hostname: string | null;
  port: string | null;
  path: string | null;
  pathname: string | null;
  search: string | null;
  query: string | Record<string, string | string[]> | null;
  hash: string | null;
}

export const Url: new () => LegacyUrl = legacy.Url;
export const parse: (url: string, parseQuery?: boolean, slashesDenoteHost?: boolean) => LegacyUrl =
  legacy.parse;
export const format: (url: object) => string = legacy.format;
export const resolve: (from: string, to: string) => string = legacy.resolve;

const { URL: PlatformURL, URLSearchParams: PlatformSearchParams } = globalThis;

export { PlatformSearchParams as URLSearchParams, PlatformURL as URL };

/** The path of a `file:` URL. */
export function fileURLToPath(url: string | URL): string {
  return decodeURIComponent(new URL(url).pathname);
}

/** The `file:` URL of a path. */
export function pathToFileURL(path: string): URL {
  const url = new URL("file:///");
  url.pathname = path;
  return url;
}
