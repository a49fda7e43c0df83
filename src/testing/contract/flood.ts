import type { Socket } from "../../socket/index.ts";
import type { WireClient } from "../wire-client.ts";

/** Bytes of each write. */
export const PIECE = 64 * 1024;

/** No queue is as long: what takes more in one turn of the loop has no high-water mark. */
const MOST_AT_ONCE = 64 * 1024 * 1024;

/**
 * Writes the same until `write` returns false.
 * @returns how many bytes that were
 * @throws Error where it never does, rather than to fill the memory with it
 */
export function writeUntilFull(socket: Socket, text: string): number {
  for (let taken = text.length; taken <= MOST_AT_ONCE; taken += text.length)
    if (!socket.write(text)) return taken;
  throw new Error(
    `write returned true for ${MOST_AT_ONCE} bytes in one turn of the loop: it has to return false above a high-water mark`,
  );
}

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
