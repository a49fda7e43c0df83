/** Chunks are joined up to this many octets. */
const ROOM = 4096;

/**
 * Chunks in the order they came. Each takes 500 octets beside its own, so a peer that sends one octet at a time would
 * have us hold that for each: small ones are joined in a room with space for those to come, by one copy an octet.
 */
export class WaitingChunks {
  readonly all: Uint8Array[] = [];
  /** What the last chunk is a view of, where it was joined. */
  #room: Uint8Array | undefined;

  push(chunk: Uint8Array): void {
    const last = this.all.at(-1);
    if (last === undefined || last.length + chunk.length > ROOM) {
      this.#room = undefined;
      this.all.push(chunk);
      return;
    }
    if (this.#room === undefined) {
      this.#room = new Uint8Array(ROOM);
      this.#room.set(last);
    }
    this.#room.set(chunk, last.length);
    this.all[this.all.length - 1] = this.#room.subarray(0, last.length + chunk.length);
  }
}
