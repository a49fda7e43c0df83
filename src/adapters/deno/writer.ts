import type { RawConnection } from "./runtime.ts";

/** Queued bytes above which `write` asks its caller to wait: what Node's streams use for sockets. */
const highWaterBytes = 65_536;

/** What the owner is told. */
export interface WriterEvents {
  onDrain(): void;
  onEnded(): void;
  onError(error: unknown): void;
}

/**
 * The outgoing half of a connection: what `write` took leaves in order, one call of Deno's at a time.
 * What is queued while one runs leaves in one piece with the next, so small writes don't cost a call each.
 */
export class Writer {
  readonly #raw: RawConnection;
  readonly #events: WriterEvents;
  #state: "idle" | "writing" | "ending" | "ended" = "idle";
  #endWanted = false;
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  /** Bytes that Deno said it wrote. */
  bytesTaken = 0;
  #current: Uint8Array | undefined;
  #owesDrain = false;

  constructor(raw: RawConnection, events: WriterEvents) {
    this.#raw = raw;
    this.#events = events;
  }

  get ended(): boolean {
    return this.#state === "ended";
  }

  write(bytes: Uint8Array): boolean {
    if (bytes.length > 0) {
      this.#queuedBytes += bytes.length;
      if (this.#state === "idle") this.#start(bytes);
      else this.#queue.push(bytes);
    }
    if (this.#queuedBytes < highWaterBytes) return true;
    this.#owesDrain = true;
    return false;
  }

  end(): void {
    this.#endWanted = true;
    this.#owesDrain = false;
    if (this.#state === "idle") this.#shutdown();
  }

  /** Nothing of the queue will leave any more. */
  stop(): void {
    this.#state = "ended";
    this.#queue = [];
    this.#current = undefined;
  }

  #start(bytes: Uint8Array): void {
    this.#state = "writing";
    this.#current = bytes;
    this.#raw.write(bytes).then(this.#written, this.#failed);
  }

  readonly #written = (count: number): void => {
    const bytes = this.#current;
    if (bytes === undefined) return;
    this.#queuedBytes -= count;
    this.bytesTaken += count;
    const next = count < bytes.length ? bytes.subarray(count) : this.#takeQueue();
    if (next !== undefined) {
      this.#start(next);
      return;
    }
    this.#current = undefined;
    this.#state = "idle";
    if (this.#endWanted) this.#shutdown();
    if (!this.#owesDrain) return;
    this.#owesDrain = false;
    this.#events.onDrain();
  };

  readonly #failed = (error: unknown): void => {
    if (this.#state !== "ended") this.#events.onError(error);
  };

  /** Everything that waits: small pieces joined, large ones as they are. */
  #takeQueue(): Uint8Array | undefined {
    const first = this.#queue[0];
    if (first === undefined) return undefined;
    if (this.#queue.length === 1 || first.length >= highWaterBytes) {
      this.#queue.shift();
      return first;
    }
    const small = this.#queue.findIndex((bytes) => bytes.length >= highWaterBytes);
    const pieces = this.#queue.splice(0, small < 0 ? this.#queue.length : small);
    const joined = new Uint8Array(pieces.reduce((sum, bytes) => sum + bytes.length, 0));
    let at = 0;
    for (const bytes of pieces) {
      joined.set(bytes, at);
      at += bytes.length;
    }
    return joined;
  }

  #shutdown(): void {
    this.#state = "ending";
    this.#raw.closeWrite().then(() => {
      if (this.#state !== "ending") return;
      this.#state = "ended";
      this.#events.onEnded();
    }, this.#failed);
  }
}
