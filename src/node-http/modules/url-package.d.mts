/** The legacy parser's result; every part of it may be missing. */
export declare class Url {
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
export declare function parse(url: string, parseQuery?: boolean, slashesDenoteHost?: boolean): Url;
export declare function format(url: object): string;
export declare function resolve(from: string, to: string): string;
