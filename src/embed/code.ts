/** The code that stands in an element. */

/**
 * That of its first `<pre>`, or all of its text: without the empty lines around it and the indentation that all of its
 * lines share.
 */
export function codeIn(element: Element): string {
  const written = element.querySelector("pre");
  const text = (written ?? element).textContent ?? "";
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  const beside = !written && lines[0]?.trim() !== ""; // the first line stands beside the tag, so its indentation is none
  while (lines[0]?.trim() === "") lines.shift();
  while (lines.at(-1)?.trim() === "") lines.pop();
  if (lines.length === 0) return "";
  const indents = lines.slice(beside ? 1 : 0).filter((line) => line.trim() !== "");
  const shared = Math.min(...indents.map((line) => line.search(/\S/)));
  const cut = lines.map((line) => line.slice(Math.min(shared, Math.max(0, line.search(/\S/)))));
  return `${cut.join("\n").trimEnd()}\n`;
}
