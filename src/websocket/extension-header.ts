/** One element of `Sec-WebSocket-Extensions`: its token and its parameters in order, `true` where there is no value. */
export interface Extension {
  readonly name: string;
  readonly parameters: readonly (readonly [name: string, value: string | true])[];
}

/** token (RFC 9110 section 5.6.2). */
const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
/** quoted-string (RFC 9110 section 5.6.4); what it holds has to be a token once unescaped. */
const QUOTED = /"((?:[\t !#-[\]-~]|\\[\t -~])*)"/y;
const SPACE = /[ \t]*/y;
const WHOLE_TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Whether `text` is a token, as subprotocols and extensions are. */
export const isToken = (text: string): boolean => WHOLE_TOKEN.test(text);

/**
 * Parses `extension-list` (RFC 6455 section 9.1):
 *
 *     extension-list  = 1#extension
 *     extension       = extension-token *( ";" extension-param )
 *     extension-param = token [ "=" ( token | quoted-string ) ]
 *
 * Empty list elements are passed over, as RFC 9110 section 5.6.1.2 wants.
 * @returns undefined where the grammar doesn't hold.
 */
export function parseExtensions(header: string): Extension[] | undefined {
  const scanner = new Scanner(header);
  const extensions: Extension[] = [];
  do {
    const name = scanner.token();
    if (name === undefined) continue;
    const parameters: [string, string | true][] = [];
    while (scanner.take(";")) {
      const parameter = scanner.token();
      if (parameter === undefined) return undefined;
      const value = scanner.take("=") ? scanner.value() : true;
      if (value === undefined) return undefined;
      parameters.push([parameter, value]);
    }
    extensions.push({ name, parameters });
  } while (scanner.take(","));
  return scanner.atEnd && extensions.length > 0 ? extensions : undefined;
}

/** The header's value for extensions. Values that are no token are not supported, as the grammar wants. */
export function serializeExtension({ name, parameters }: Extension): string {
  return [name, ...parameters.map(([key, value]) => (value === true ? key : `${key}=${value}`))].join("; ");
}

/** Reads one piece of grammar at a time, white space around it included. */
class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#match(SPACE);
  }

  get atEnd(): boolean {
    return this.#at === this.#text.length;
  }

  take(separator: string): boolean {
    if (this.#text[this.#at] !== separator) return false;
    this.#at++;
    this.#match(SPACE);
    return true;
  }

  token(): string | undefined {
    const token = this.#match(TOKEN)?.[0];
    this.#match(SPACE);
    return token;
  }

  value(): string | undefined {
    const quoted = this.#match(QUOTED)?.[1]?.replace(/\\(.)/g, "$1");
    if (quoted === undefined) return this.token();
    this.#match(SPACE);
    return isToken(quoted) ? quoted : undefined;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match !== null) this.#at = pattern.lastIndex;
    return match;
  }
}
