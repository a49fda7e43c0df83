/** Links of the built docs to places that are not there. VitePress looks for dead pages, but not for dead places of pages. */
import { readFile } from "node:fs/promises";
import { join, posix } from "node:path";

/**
 * @param {string} folder
 * @param {readonly string[]} names of its HTML files
 * @returns {Promise<string[]>} "page: link"
 */
export async function deadAnchors(folder, names) {
  const pages = new Map(
    await Promise.all(
      names.map(async (name) => /** @type {const} */ ([name, await readFile(join(folder, name), "utf8")])),
    ),
  );
  const ids = new Map(
    [...pages].map(([name, html]) => [
      name,
      new Set(Array.from(html.matchAll(/\sid="([^"]+)"/g), ([, id]) => id)),
    ]),
  );
  return [...pages].flatMap(([name, html]) =>
    Array.from(html.matchAll(/\shref="([^"#?:]*)#([^"]+)"/g), ([, path = "", hash = ""]) => {
      const target = path === "" ? name : placeOf(path, name, pages);
      const there = target === undefined || ids.get(target)?.has(decodeURIComponent(hash));
      return there ? [] : [`${name}: ${path}#${hash}`];
    }).flat(),
  );
}

/**
 * The file that a path means, whatever the site's base is; `undefined` for what is no page of the docs.
 *
 * @param {string} path @param {string} from @param {ReadonlyMap<string, string>} pages
 */
function placeOf(path, from, pages) {
  const whole = path.startsWith("/")
    ? path.replace(/^\/(docs\/)?/, "")
    : posix.join(posix.dirname(from), path);
  const file = whole === "" || whole.endsWith("/") ? `${whole}index.html` : whole;
  return [file, `${file}.html`].find((each) => pages.has(each));
}
