import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { env } from "node:process";

/** Where programs for administrators are, which a user's PATH may lack. */
const ALSO = ["/usr/sbin", "/usr/local/sbin"];

/**
 * @param {string} program
 * @returns {string | undefined} its path, where it is installed
 */
export function findProgram(program) {
  const folders = [...(env.PATH ?? "").split(delimiter), ...ALSO];
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

/** The proxies that the tests start, as Debian packages them. */
export const PROXIES = ["nginx", "haproxy"];

/**
 * @param {readonly string[]} programs
 * @returns {string | undefined} which of them are not installed, if any, and how to have them
 */
export function missing(programs = PROXIES) {
  const absent = programs.filter((program) => findProgram(program) === undefined).join(" ");
  return absent === "" ? undefined : `not installed: ${absent} (apt-get install ${absent})`;
}
