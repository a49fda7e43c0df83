/** `token = 1*tchar` (RFC 9110 section 5.6.2). */
export function isToken(text: string): boolean {
  return typeof text === "string" && /^[\w!#$%&'*+.^`|~-]+$/.test(text);
}

/**
 * The elements of a comma-separated list (RFC 9110 section 5.6.1), trimmed, empty ones left out. Not for
 * fields whose elements may hold quoted commas.
 */
export function listElements(value: string): string[] {
  return value
    .split(",")
    .map(trim)
    .filter((element) => element !== "");
}

/** Takes off SP and HTAB, which are what HTTP has for white space. A pattern would look at a long run again and again. */
export function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (isSpace(text.charCodeAt(start))) start++;
  while (isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isSpace(code: number): boolean {
  return code === 32 || code === 9;
}
