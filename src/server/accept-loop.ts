/** Failures of an accept that pass by themselves: descriptors or memory ran out, or the peer was faster. */
const TRANSIENT = new Set([
  "EMFILE",
  "ENFILE",
  "ENOBUFS",
  "ENOMEM",
  "ECONNABORTED",
  "ECONNRESET",
  "EPROTO",
  "EAGAIN",
  "EINTR",
  "EPERM",
]);

/** Whether accepting can go on after a pause. */
export function isTransient(error: unknown): boolean {
  return error instanceof Error && TRANSIENT.has(String((error as { code?: unknown }).code));
}

/** Milliseconds between a failed accept, or a lack of descriptors, and the next try. */
export const ACCEPT_PAUSE_MS = 100;
