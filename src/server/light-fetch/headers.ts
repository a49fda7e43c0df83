import { HttpHeaders } from "../../http1/headers.ts";
import { standIn } from "./stand-in.ts";

/**
 * What a light `Request` or `Response` shows as its `headers`: an instance of `Headers` over field lines that are
 * there already. Single fields are read and changed in them. For all else, and where the platform has a word to
 * say (a name that is none, a value that is no text), the platform's own `Headers` is made, which holds the fields
 * from then on.
 */
export class LightHeaders {
  #fields: HttpHeaders | Headers;
  /** Whether the fields may be changed in place. */
  #owned: boolean;

  constructor(fields: HttpHeaders, owned: boolean) {
    this.#fields = fields;
    this.#owned = owned;
  }

  /** What holds the fields of headers, where those are light. */
  static fieldsOf(headers: object): HttpHeaders | Headers | undefined {
    return #fields in headers ? headers.#fields : undefined;
  }

  /** Lets a platform's own headers hold the fields from now on. */
  static adopt(headers: LightHeaders, platforms: Headers): void {
    headers.#fields = platforms;
    headers.#owned = true;
  }

  static platformsOf(headers: LightHeaders): Headers {
    const fields = headers.#fields;
    if (!(fields instanceof HttpHeaders)) return fields;
    const made = new Headers([...fields]); // not by lines: not every platform joins those of Cookie as one is written
    LightHeaders.adopt(headers, made);
    return made;
  }

  get(name: string): string | null {
    try {
      return this.#fields.get(name);
    } catch {
      return LightHeaders.platformsOf(this).get(name);
    }
  }

  has(name: string): boolean {
    try {
      return this.#fields.has(name);
    } catch {
      return LightHeaders.platformsOf(this).has(name);
    }
  }

  getSetCookie(): string[] {
    return this.#fields.getSetCookie();
  }

  append(name: string, value: string): void {
    if (!this.#tried(value, () => this.#fields.append(name, value)))
      LightHeaders.platformsOf(this).append(name, value);
  }

  set(name: string, value: string): void {
    if (!this.#tried(value, () => this.#fields.set(name, value)))
      LightHeaders.platformsOf(this).set(name, value);
  }

  delete(name: string): void {
    if (!this.#tried("", () => this.#fields.delete(name))) LightHeaders.platformsOf(this).delete(name);
  }

  forEach(callback: (value: string, name: string, headers: unknown) => void, on?: unknown): void {
    // What is no function the platform refuses in its words.
    const each = typeof callback === "function" ? bound(callback, on, this) : callback;
    LightHeaders.platformsOf(this).forEach(each);
  }

  /** Makes a change in place, where that can be done; what is refused here the platform may refuse in its words. */
  #tried(value: unknown, change: () => void): boolean {
    if (!this.#owned || typeof value !== "string") return false;
    try {
      change();
      return true;
    } catch {
      return false;
    }
  }
}

/** A callback of `forEach`, told of the headers that it was given for. */
function bound(
  callback: (value: string, name: string, headers: unknown) => void,
  on: unknown,
  headers: LightHeaders,
): (value: string, name: string) => void {
  return (value, name) => callback.call(on, value, name, headers);
}

/** Makes light headers instances of the platform's `Headers`. */
export function prepareHeaders(): void {
  standIn(LightHeaders, Headers, LightHeaders.platformsOf);
}
