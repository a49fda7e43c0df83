/**
 * What a script was asked for. A number that is none, an option or a word that there is not: it says so and ends with
 * 2 before it has begun anything. Taken for something else, such an argument had a script do nothing and succeed.
 */
import { parseArgs } from "node:util";

/** The wish cannot be granted; the message says what was got and what was wanted. */
export class Misuse extends Error {}

/**
 * Reads arguments, or says what is wrong with them and ends the process with 2.
 *
 * @template T
 * @param {() => T} read
 * @returns {T}
 */
export function asked(read) {
  try {
    return read();
  } catch (error) {
    const code = /** @type {NodeJS.ErrnoException} */ (error).code ?? "";
    if (!(error instanceof Misuse || code.startsWith("ERR_PARSE_ARGS_"))) throw error;
    console.error(/** @type {Error} */ (error).message);
    return process.exit(2);
  }
}

/**
 * A number in decimal digits.
 *
 * @param {string} name How it is called where it is given.
 * @param {string | undefined} text What was given.
 * @param {number} otherwise What it is when nothing was given.
 * @param {{ least?: number, most?: number, whole?: boolean }} [range] 1 and more, whole, by default.
 * @returns {number}
 */
export function numberFrom(name, text, otherwise, { least = 1, most = 2 ** 31, whole = true } = {}) {
  if (text === undefined) return otherwise;
  const number = (whole ? /^\d+$/ : /^\d*\.?\d+$/).test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  const wanted = `a ${whole ? "whole " : ""}number from ${least} to ${most}`;
  throw new Misuse(`${name} wants ${wanted}, got ${JSON.stringify(text)}`);
}

/**
 * `--port`, or else the environment's `PORT`, which hosts set. An empty one is none.
 *
 * @param {string | undefined} option
 * @param {Record<string, string | undefined>} [environment]
 * @returns {number | undefined}
 */
export function portFrom(option, environment = process.env) {
  const [name, text] = option === undefined ? ["PORT", environment.PORT || undefined] : ["--port", option];
  return text === undefined ? undefined : numberFrom(name, text, 0, { least: 0, most: 65_535 });
}

/**
 * Words, each of which is one of those that there are.
 *
 * @param {string} kind
 * @param {readonly string[]} words
 * @param {readonly string[]} known
 * @param {(word: string, one: string) => boolean} [means]
 * @returns {readonly string[]}
 */
export function wordsFrom(kind, words, known, means = (word, one) => word === one) {
  const stranger = words.find((word) => !known.some((one) => means(word, one)));
  if (stranger === undefined) return words;
  throw new Misuse(`there is no ${kind} ${JSON.stringify(stranger)}; there are: ${known.join(", ")}`);
}

/**
 * For a script whose only wishes are flags.
 *
 * @param {readonly string[]} names
 * @returns {Record<string, boolean>}
 */
export function flagsFrom(...names) {
  const options = Object.fromEntries(names.map((name) => [name, /** @type {const} */ ({ type: "boolean" })]));
  const { values } = parseArgs({ options });
  return Object.fromEntries(names.map((name) => [name, values[name] === true]));
}
