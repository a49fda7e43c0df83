/** Failures of an accept that pass by themselves: descriptors or memory ran out, or the peer was faster. */
const TRANSIENT = /^E(MFILE|NFILE|NOBUFS|NOMEM|CONNABORTED|CONNRESET|PROTO|AGAIN|INTR|PERM)$/;

/** Whether accepting can go on after a pause. */
export function isTransient(error: unknown): boolean {
  return error instanceof Error && TRANSIENT.test(String((error as { code?: unknown }).code));
}

/** Milliseconds between a failed accept, or a lack of descriptors, and the next try. */
export const ACCEPT_PAUSE_MS = 100;
