/**
 * Puts markup into a page, in front of everything but its doctype: without that in the first place it would be another
 * page to the browser.
 */
export function inserted(page: Uint8Array, markup: Uint8Array): Uint8Array<ArrayBuffer> {
  const begin = new TextDecoder("latin1").decode(page.subarray(0, 1024));
  const at = /^(?:\xef\xbb\xbf)?\s*(?:<!--[\s\S]*?-->\s*)*<!doctype[^>]*>/i.exec(begin)?.[0].length ?? 0;
  const whole = new Uint8Array(page.length + markup.length);
  whole.set(page.subarray(0, at));
  whole.set(markup, at);
  whole.set(page.subarray(at), at + markup.length);
  return whole;
}
