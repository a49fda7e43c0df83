/** Which of a session's servers a URL means. */
export interface Place {
  readonly session: string;
  readonly port: number;
  /** Path and query, without a fragment; begins with a slash. */
  readonly target: string;
}

/** What a virtual server is called by whoever runs it, in `Host` and in its own absolute URLs. */
const LOCAL_NAMES = new Set(["localhost", "127.0.0.1", "[::1]"]);

const PLACE = /^([0-9a-f]{32})\/([0-9]{1,5})(\/[^#]*|(?=[?#]|$)[^#]*)/;

/**
 * URLs of previews, `SCOPE~SESSION/PORT/path`, read and written. Reading is a matter of the text alone: no
 * memory, no wait.
 */
export class Routes {
  readonly origin: string;
  /** Everything before the session, `~` included: also the narrowest scope that holds all previews. */
  readonly prefix: string;

  /** @param scope an absolute URL whose path ends with a slash; a `~` behind it is no part of it */
  constructor(scope: string) {
    const url = new URL(scope);
    const path = url.pathname.endsWith("~") ? url.pathname.slice(0, -1) : url.pathname;
    if (!path.endsWith("/")) throw new TypeError("The path of a scope has to end with a slash");
    this.origin = url.origin;
    this.prefix = `${url.origin}${path}~`;
  }

  /** The place that an absolute URL names, `undefined` when it is not a preview's. */
  parse(url: string): Place | undefined {
    if (!url.startsWith(this.prefix)) return undefined;
    const match = PLACE.exec(url.slice(this.prefix.length));
    if (match === null) return undefined;
    const [, session = "", digits, target = ""] = match;
    const port = Number(digits);
    if (port < 1 || port > 65_535) return undefined;
    return { session, port, target: target.startsWith("/") ? target : `/${target}` };
  }

  /** Whether `url` names a server but not its root: the slash behind the port is missing. */
  lacksSlash(url: string): boolean {
    return /^[0-9a-f]{32}\/[0-9]{1,5}(?:[?#]|$)/.test(url.slice(this.prefix.length));
  }

  format(session: string, port: number, target: string): string {
    return `${this.prefix}${session}/${port}${target.startsWith("/") ? "" : "/"}${target}`;
  }

  /** What a place is called inside its network. */
  virtualUrl({ port, target }: Place): string {
    return `http://localhost:${port}${target}`;
  }

  /**
   * A `Location` of a server at `place`, as the browser has to see it. What leads to one of the session's
   * servers, by whatever name, leads there; everything else is left as it is.
   */
  location(value: string, place: Place): string {
    let url: URL;
    try {
      url = new URL(value, this.virtualUrl(place));
    } catch {
      return value;
    }
    const target = `${url.pathname}${url.search}${url.hash}`;
    // A server that was told its prefix may use it.
    if (this.parse(`${this.origin}${target}`) !== undefined) return `${this.origin}${target}`;
    if (url.protocol === "http:" && LOCAL_NAMES.has(url.hostname)) {
      return this.format(place.session, Number(url.port || 80), target);
    }
    return url.origin === this.origin ? this.format(place.session, place.port, target) : value;
  }
}
