/**
 * The elements of a comma-separated list (RFC 9110 section 5.6.1), trimmed, empty ones left out. Not for
 * fields whose elements may hold quoted commas.
 */
export function listElements(value: string): string[] {
  const elements: string[] = [];
  for (const part of value.split(",")) {
    const element = part.replace(/^[ \t]+|[ \t]+$/g, "");
    if (element !== "") elements.push(element);
  }
  return elements;
}
