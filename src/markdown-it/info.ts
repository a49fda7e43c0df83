/** The info string of a fenced block (CommonMark 0.31 section 4.5): `ts playground view="code wire" height=480`. */

/** The attributes of `<http-playground>` that a block can say. */
const NAMES = ["example", "view", "height", "theme", "request", "base", "label"] as const;

export interface PlaygroundInfo {
  /** The info string without what is ours: the language, and what other plugins read. */
  readonly info: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** @returns `undefined` when the block is not to be a playground. */
export function readInfo(text: string): PlaygroundInfo | undefined {
  const words = text.match(/[^\s="']+=(?:"[^"]*"|'[^']*'|\S*)|\{[^}]*\}|\[[^\]]*\]|\S+/g) ?? [];
  const [language = "", ...rest] = words;
  if (!rest.includes("playground")) return undefined;
  const attributes: Record<string, string> = {};
  const others: string[] = [];
  for (const word of rest) {
    const at = word.indexOf("=");
    const name = NAMES.find((each) => each === word.slice(0, at));
    if (name) attributes[name] = word.slice(at + 1).replace(/^(["'])(.*)\1$/, "$2");
    else if (word !== "playground") others.push(word);
  }
  return { info: [language, ...others].join(" "), attributes };
}
