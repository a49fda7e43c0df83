import type { WireClient } from "../wire-client.ts";

/** Bytes of each write. */
export const PIECE = 64 * 1024;

/** Writes on every drain until none comes for a while. Each piece is filled with its number. */
export async function sendUntilStalled(from: WireClient, limit: number): Promise<number> {
  let taken = 0;
  while (taken < limit) {
    const more = from.socket.write(new Uint8Array(PIECE).fill((taken / PIECE) % 251));
    taken += PIECE;
    if (more) continue;
    const drains = from.events.length;
    const drained = from.waitFor(({ events }) => events.length > drains, { withinMs: 80 });
    if (!(await drained.then(() => true).catch(() => false))) break;
  }
  return taken;
}
