import { soon } from "../socket/clock.ts";
import {
  ITERATION_HIGH_WATER,
  type IterationSource,
  MessageIterator,
  sizeOf,
  type WebSocketData,
} from "./iteration.ts";

export interface ConsumersOptions {
  /** Gives a message to the listeners. */
  readonly dispatch: (data: WebSocketData) => void;
  readonly pause: () => void;
  readonly resume: () => void;
  /** Whether messages wait for their first consumer; without it they are lost on nobody, as on the platform. */
  readonly hold: boolean;
}

/**
 * Who gets a connection's messages: listeners of `message`, iterators, or both. While there is nobody, messages
 * are held, and after 64 KB the connection stops reading: a server that looks something up before it attaches
 * its listener loses nothing.
 */
export class Consumers implements IterationSource {
  readonly #options: ConsumersOptions;
  readonly #iterators = new Set<MessageIterator>();
  readonly #full = new Set<MessageIterator>();
  #held: WebSocketData[] = [];
  #heldSize = 0;
  #holding = false;
  #listening = false;
  #ended = false;

  constructor(options: ConsumersOptions) {
    this.#options = options;
    this.#listening = !options.hold;
  }

  /** There is a listener of `message`. What was held reaches it soon, but not from inside this call. */
  listen(): void {
    if (this.#listening) return;
    this.#listening = true;
    if (this.#held.length > 0) soon(() => this.#release());
  }

  iterate(): MessageIterator {
    const iterator = new MessageIterator(this);
    const held = this.#takeHeld();
    if (!this.#ended) this.#iterators.add(iterator);
    for (const data of held) iterator.push(data);
    if (this.#ended) iterator.end();
    return iterator;
  }

  deliver(data: WebSocketData): void {
    if (this.#listening && this.#held.length === 0) {
      this.#options.dispatch(data);
      for (const iterator of this.#iterators) iterator.push(data);
      return;
    }
    if (this.#iterators.size === 0) this.#hold(data);
    else for (const iterator of this.#iterators) iterator.push(data);
  }

  end(): void {
    this.#ended = true;
    for (const iterator of this.#iterators) iterator.end();
    this.#iterators.clear();
  }

  onPressure(iterator: MessageIterator, full: boolean): void {
    if (full) this.#full.add(iterator);
    else this.#full.delete(iterator);
    this.#balance();
  }

  onReturn(iterator: MessageIterator): void {
    this.#iterators.delete(iterator);
    if (!this.#listening && this.#iterators.size === 0)
      for (const data of iterator.leftovers()) this.#hold(data);
  }

  #hold(data: WebSocketData): void {
    this.#held.push(data);
    this.#heldSize += sizeOf(data);
    this.#holding = this.#heldSize >= ITERATION_HIGH_WATER;
    this.#balance();
  }

  #release(): void {
    for (const data of this.#takeHeld()) this.#options.dispatch(data);
  }

  #takeHeld(): WebSocketData[] {
    const held = this.#held;
    this.#held = [];
    this.#heldSize = 0;
    this.#holding = false;
    this.#balance();
    return held;
  }

  #balance(): void {
    if (this.#holding || this.#full.size > 0) this.#options.pause();
    else this.#options.resume();
  }
}
