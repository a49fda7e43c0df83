/**
 * Names of sessions and of what stands for them. Who knows a session id can reach its servers, so it is
 * random and told to nobody but the worker; its key, a hash, can be named where other pages listen.
 */

/** 128 random bits as 32 hexadecimal digits. */
export function newSessionId(): string {
  return hex(crypto.getRandomValues(new Uint8Array(16)));
}

/** What stands for a session where others can read it: lock names, questions to all pages. */
export async function sessionKey(session: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`portico ${session}`));
  return hex(new Uint8Array(digest, 0, 16));
}

/** The Web Lock that a page holds for as long as it has the session. */
export const sessionLock = (key: string): string => `portico-session-${key}`;

/** The Web Lock that one run of a worker holds for as long as it lives. */
export const workerLock = (instance: string): string => `portico-worker-${instance}`;

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
