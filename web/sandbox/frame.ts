/**
 * The document of the sandboxed frame. It has an opaque origin, may load nothing, and does one thing: it starts a
 * classic worker out of the text that the host sends and hands the host's ports on to it. The frame inherits the
 * host's policy as well, so the host's names this script by its hash (see web/build/policy.ts).
 */

/** The frame's only script. */
export const FRAME_SCRIPT = `
let worker;
addEventListener("message", ({ data, source, ports }) => {
  if (source !== parent) return;
  if (data.type === "stop") worker?.terminate();
  else {
    const url = URL.createObjectURL(new Blob([data.worker], { type: "text/javascript" }));
    worker = new Worker(url);
    worker.postMessage(data.order, [...ports]);
  }
});
`;

/** What the frame may do: run that script, and workers and modules out of its own memory. Nothing else. */
export const FRAME_POLICY = "default-src 'none'; script-src 'unsafe-inline' blob:; worker-src blob:";

export const FRAME_DOCUMENT = `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${FRAME_POLICY}"><title>Sandbox</title><script>${FRAME_SCRIPT}</script>`;
