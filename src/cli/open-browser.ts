import { spawn } from "node:child_process";

/** The desktop's own opener, by platform. */
const OPENERS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  darwin: ["open"],
  // The empty argument is the title of the window, which `start` would else take the address for.
  win32: ["cmd", "/c", "start", ""],
};

/** Shows a URL in the user's browser, if there is one; resolves to whether an opener could be started. */
export function openBrowser(url: string): Promise<boolean> {
  const [program, ...args] = OPENERS[process.platform] ?? ["xdg-open"];
  return new Promise((resolve) => {
    const child = spawn(program, [...args, url], { stdio: "ignore", detached: true });
    child.once("error", () => resolve(false));
    child.once("spawn", () => {
      child.unref();
      resolve(true);
    });
  });
}
