/** Where a doctype ends is looked for in so many bytes. */
const BEGIN_BYTES = 1024;

/** What may stand in front of a doctype: a byte order mark, white space and comments. */
const BEFORE = /^(?:\xef\xbb\xbf)?\s*(?:<!--[\s\S]*?-->\s*)*/;

/**
 * Puts markup into a page, in front of everything but its doctype: without that in the first place it would be another
 * page to the browser.
 */
export function inserted(page: Uint8Array, markup: Uint8Array): Uint8Array<ArrayBuffer> {
  const begin = beginOf(page);
  const before = BEFORE.exec(begin)?.[0].length ?? 0;
  const doctype = /^<!doctype[^>]*>/i.exec(begin.slice(before))?.[0];
  const at = doctype === undefined ? 0 : before + doctype.length;
  const whole = new Uint8Array(page.length + markup.length);
  whole.set(page.subarray(0, at));
  whole.set(markup, at);
  whole.set(page.subarray(at), at + markup.length);
  return whole;
}

/** Markup for a page that comes in parts: what may be the begin of a doctype is kept until it is whole. */
export class Insertion {
  readonly #markup: Uint8Array;
  #kept: Uint8Array | undefined = new Uint8Array(0);

  constructor(markup: Uint8Array) {
    this.#markup = markup;
  }

  /** @returns what goes on now, if anything */
  feed(bytes: Uint8Array): Uint8Array {
    if (this.#kept === undefined) return bytes;
    const kept = new Uint8Array(this.#kept.length + bytes.length);
    kept.set(this.#kept);
    kept.set(bytes, this.#kept.length);
    this.#kept = kept;
    return kept.length < BEGIN_BYTES && mayGoOn(beginOf(kept)) ? kept.subarray(0, 0) : this.end();
  }

  /** The page ends here. @returns what has not gone on yet */
  end(): Uint8Array {
    const whole = this.#kept === undefined ? new Uint8Array(0) : inserted(this.#kept, this.#markup);
    this.#kept = undefined;
    return whole;
  }
}

/** Whether what stands in front of a page, or its doctype, may not be there in full yet. */
function mayGoOn(begin: string): boolean {
  const rest = begin.slice(BEFORE.exec(begin)?.[0].length ?? 0).toLowerCase();
  if ("\xef\xbb\xbf".startsWith(rest) || "<!--".startsWith(rest) || rest.startsWith("<!--")) return true;
  return "<!doctype".startsWith(rest) || /^<!doctype[^>]*$/.test(rest);
}

/** One octet a char. */
function beginOf(page: Uint8Array): string {
  return String.fromCharCode(...page.subarray(0, BEGIN_BYTES));
}
