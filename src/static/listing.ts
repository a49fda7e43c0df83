/** The page that lists a directory. */
import type { DirectoryItem } from "./source.ts";

/**
 * Renders the listing of a directory, directories first, then by name.
 *
 * @param path The decoded path of the directory, beginning and ending in `/`: for the eye only.
 * @param isRoot There is nothing above it.
 */
export function listingPage(path: string, items: readonly DirectoryItem[], isRoot: boolean): string {
  const sorted = [...items].sort(
    (a, b) => Number(b.kind === "directory") - Number(a.kind === "directory") || compare(a.name, b.name),
  );
  const lines = sorted.map(({ name, kind }) => {
    const slash = kind === "directory" ? "/" : "";
    // Relative, and led by `./` so that a colon in a name makes no scheme.
    return `<li><a href="./${encodeURIComponent(name)}${slash}">${escapeHtml(name + slash)}</a>`;
  });
  if (!isRoot) lines.unshift('<li><a href="../">../</a>');
  const title = `Index of ${escapeHtml(path)}`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>
:root { color-scheme: light dark; font: 1rem/1.6 system-ui, sans-serif }
ul { list-style: none; padding: 0 }
</style>
<h1>${title}</h1>
<ul>
${lines.join("\n")}
</ul>
</html>
`;
}

/** By code unit: the same order on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}
