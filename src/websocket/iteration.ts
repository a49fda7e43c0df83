/** A message as the application sees it: text is a string, bytes are what `binaryType` says. */
export type WebSocketData = string | ArrayBuffer | Blob | Uint8Array;

/** Bytes that may wait in an iterator before the connection stops reading. */
export const ITERATION_HIGH_WATER = 65_536;

/** What a message counts beside its bytes: six bytes of the peer's are an empty one, and an object here. */
const OWN_SIZE = 64;

export const sizeOf = (data: WebSocketData): number =>
  OWN_SIZE + (typeof data === "string" ? data.length : data instanceof Blob ? data.size : data.byteLength);

/** What an iterator needs of its connection. */
export interface IterationSource {
  /** The iterator has enough (`true`) or can take more. */
  onPressure(iterator: MessageIterator, full: boolean): void;
  onReturn(iterator: MessageIterator): void;
}

/**
 * The messages of a connection as an async iterator. Messages that nobody asked for yet wait in a queue, and a
 * long queue stops the connection from reading, so that a slow loop slows the sender. It ends when the
 * connection has closed and the queue is empty, however it closed.
 */
export class MessageIterator implements AsyncIterableIterator<WebSocketData> {
  readonly #source: IterationSource;
  readonly #queue: WebSocketData[] = [];
  readonly #waiting: ((result: IteratorResult<WebSocketData, undefined>) => void)[] = [];
  #queued = 0;
  #full = false;
  #done = false;

  constructor(source: IterationSource) {
    this.#source = source;
  }

  /** @internal */
  push(data: WebSocketData): void {
    const next = this.#waiting.shift();
    if (next !== undefined) {
      next({ value: data, done: false });
      return;
    }
    this.#queue.push(data);
    this.#queued += sizeOf(data);
    if (!this.#full && this.#queued >= ITERATION_HIGH_WATER) this.#pressure(true);
  }

  /** @internal */
  end(): void {
    this.#done = true;
    for (const next of this.#waiting.splice(0)) next({ value: undefined, done: true });
  }

  next(): Promise<IteratorResult<WebSocketData, undefined>> {
    const data = this.#queue.shift();
    if (data !== undefined) {
      this.#queued -= sizeOf(data);
      if (this.#full && this.#queued < ITERATION_HIGH_WATER / 2) this.#pressure(false);
      return Promise.resolve({ value: data, done: false });
    }
    if (this.#done) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Leaves the loop; the connection stays as it is, and what was queued is given to the next consumer. */
  return(): Promise<IteratorResult<WebSocketData, undefined>> {
    if (!this.#done) {
      this.end();
      if (this.#full) this.#pressure(false);
      this.#source.onReturn(this);
    }
    return Promise.resolve({ value: undefined, done: true });
  }

  /** @internal What was not asked for. */
  leftovers(): WebSocketData[] {
    return this.#queue.splice(0);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #pressure(full: boolean): void {
    this.#full = full;
    this.#source.onPressure(this, full);
  }
}
