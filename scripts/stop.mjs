/** Ends a program that serves something when it is asked to, or when npm, which started it, is gone. */

/** @param {() => Promise<unknown>} close */
export function stopWhenAsked(close) {
  const stop = async () => {
    console.log("\nStopping ...");
    await close();
    process.exit(0);
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  if (process.env.npm_lifecycle_event) stopWithNpm(stop);
}

/**
 * npm runs this in a shell that dies of a signal without passing it on.
 *
 * @param {() => unknown} stop
 */
function stopWithNpm(stop) {
  const { ppid } = process;
  const timer = setInterval(() => {
    if (process.ppid === ppid) return;
    clearInterval(timer);
    stop();
  }, 500);
  timer.unref();
}

/**
 * A port from a command line.
 *
 * @param {string | undefined} text
 * @returns {number | undefined}
 */
export function readPort(text) {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  console.error(`--port wants a number from 0 to 65535, got ${JSON.stringify(text)}`);
  process.exit(2);
}
