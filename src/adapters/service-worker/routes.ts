/** Which of a session's servers a URL means. */
export interface Place {
  /** Everything before the session: origin, and a path that ends with `~`. */
  readonly prefix: string;
  readonly session: string;
  readonly port: number;
  /** Path and query, without a fragment; begins with a slash. */
  readonly target: string;
}

/** What a virtual server is called by whoever runs it, in `Host` and in its own absolute URLs. */
const LOCAL_NAMES = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** The first segment `~SESSION` of a path, the port behind it, and the rest. */
const PLACE = /^(\/(?:[^?#/]*\/)*?~)([0-9a-f]{32})\/([0-9]{1,5})(?:(\/[^#]*)|(\?[^#]*)|(?=#|$))/;

/** Where previews of a scope begin: also the narrowest scope that holds them all. */
export const prefixOf = (scope: string): string => `${scope}~`;

/** The absolute URL of a path at a place's server. */
export function previewUrl({ prefix, session, port }: Omit<Place, "target">, target: string): string {
  return `${prefix}${session}/${port}${target.startsWith("/") ? "" : "/"}${target}`;
}

/** What a place is called inside its network. */
export function virtualUrl({ port, target }: Pick<Place, "port" | "target">): string {
  return `http://localhost:${port}${target}`;
}

/**
 * URLs of previews, `SCOPE~SESSION/PORT/path`, of any scope of one origin. Reading is a matter of the text
 * alone: no memory, no wait.
 */
export class Routes {
  readonly origin: string;

  constructor(origin: string) {
    this.origin = origin;
  }

  /** The place that an absolute URL names, `undefined` when it is not a preview's. */
  parse(url: string): Place | undefined {
    const match = this.#match(url);
    if (match === undefined) return undefined;
    const [, path = "", session = "", digits, target, query] = match;
    const port = Number(digits);
    if (port < 1 || port > 65_535) return undefined;
    return { prefix: this.origin + path, session, port, target: target ?? `/${query ?? ""}` };
  }

  /** Whether a preview's URL names a server but not its root: the slash behind the port is missing. */
  lacksSlash(url: string): boolean {
    return this.#match(url)?.[4] === undefined;
  }

  /**
   * A `Location` of a server at `place`, as the browser has to see it. What leads to one of the session's
   * servers, by whatever name, leads there; everything else is left as it is.
   */
  location(value: string, place: Place): string {
    let url: URL;
    try {
      url = new URL(value, virtualUrl(place));
    } catch {
      return value;
    }
    const target = `${url.pathname}${url.search}${url.hash}`;
    const own = url.origin === this.origin;
    const local = url.protocol === "http:" && LOCAL_NAMES.has(url.hostname);
    if (!own && !local) return value;
    // A server that was told its prefix may use it.
    if (this.parse(`${this.origin}${target}`) !== undefined) return `${this.origin}${target}`;
    // The browser's name for this server, even where that is "localhost" too.
    return previewUrl(own ? place : { ...place, port: Number(url.port || 80) }, target);
  }

  #match(url: string): RegExpExecArray | undefined {
    if (!url.startsWith(`${this.origin}/`)) return undefined;
    return PLACE.exec(url.slice(this.origin.length)) ?? undefined;
  }
}
