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
