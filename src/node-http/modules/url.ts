/** `url`: the legacy parser from its package, and the platform's classes that Node has there too. */
export { format, parse, resolve, Url } from "./url-package.mjs";

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
