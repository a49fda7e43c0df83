/** What the Markdown files say that can be looked up: where their links lead, and the defaults in their tables. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { resolveOptions } from "../src/server/options.ts";
import { root } from "./entries.mjs";

const below = ["src", "web", "docs", "bench", "hardening", "examples"].flatMap((folder) =>
  readdirSync(root + folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
);
const files = ["README.md", "SECURITY.md", ...below]
  .filter((path) => /\.md$/.test(path) && !/node_modules|^docs.(reference|\.vitepress)/.test(path))
  .map((path) => ({ path, text: readFileSync(root + path, "utf8") }));

/** Links of the docs are without an ending, and of the whole site where they begin with a slash. */
function target(path: string, link: string): string | undefined {
  const from = join(root, link.startsWith("/") ? "docs" : dirname(path), link);
  const candidates = [from, `${from}.md`, join(from, "index.md")];
  return candidates.find((each) => existsSync(each) && (statSync(each).isFile() || link.endsWith("/")));
}

/** As GitHub and VitePress make them of headings. */
const anchor = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(" ", "-");

it("links lead to a file that is there, and to a heading that it has", () => {
  const links = files.flatMap(({ path, text }) =>
    [...text.replace(/^```.*?^```/gms, "").matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => ({
      path,
      link,
    })),
  );
  expect(links.length).toBeGreaterThan(80);
  const dead = links.filter(({ path, link }) => {
    const [file = "", heading] = link.split("#");
    if (/^https?:/.test(link) || file.startsWith("/reference/") || file.startsWith("./reference/"))
      return false;
    const found = file === "" ? root + path : target(path, file);
    if (found === undefined) return true;
    if (heading === undefined) return false;
    const headings = [...readFileSync(found, "utf8").matchAll(/^#+ (.*)$/gm)].map(([, each = ""]) =>
      anchor(each),
    );
    return !headings.includes(heading);
  });
  expect(dead).toEqual([]);
});

it.each(["README.md", "docs/concepts/errors-limits-timeouts.md"])(
  "%s has every limit and timeout with its default",
  (path) => {
    const { maxBody, limits, timeouts } = resolveOptions({});
    const defaults: Record<string, number> = { maxBody, ...limits, ...timeouts };
    const told: Record<string, number> = {};
    for (const line of files.find((file) => file.path === path)?.text.split("\n") ?? []) {
      const [first = "", ...cells] = line.split("|").slice(1, -1);
      const names = [...first.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name);
      if (names.length === 0 || !names.every((name) => name in defaults)) continue;
      const figures = cells.find((cell) => /^ (\d|no limit)/.test(cell)) ?? "";
      const values = figures.match(/\d{1,3}(,\d{3})+|\d+|no limit/g) ?? [];
      for (const [index, name] of names.entries()) {
        const value = values[index]?.replaceAll(",", "");
        told[name] = value === "no limit" ? Infinity : Number(value);
      }
    }
    expect(told).toEqual(defaults);
  },
);
