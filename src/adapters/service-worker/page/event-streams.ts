/**
 * What `EventSource`s have to say when they connect again: Chromium keeps `Last-Event-ID` from service workers. The page's
 * half sees each stream's octets, and who asks for the same again after its end, so it says it in their place.
 */
import type { Clock } from "../../../socket/index.ts";
import type { FetchDescription } from "../protocol.ts";

/** What browsers wait for before they connect again, unless the stream says otherwise. */
const RETRY_MS = 3_000;
/** Who asks so much later than it was to connect again is a source of its own. */
const LATE_MS = 5_000;
/** Timers of a page and of its browser may differ by so much. */
const EARLY_MS = 50;
/** A longer line holds data, or an id that no header field has room for. */
const LINE_LENGTH = 4_096;

/** How far a source has come. `id` is octets, one a char, as field values are. */
export interface EventPosition {
  readonly id: string;
  readonly retryMs: number;
}

interface Ended extends EventPosition {
  readonly key: string;
  readonly at: number;
}

/** The positions of sources whose stream has ended and that have not connected again yet. */
export class EventStreams {
  readonly #clock: Clock;
  #ended: readonly Ended[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Where a source stands that connects again by this fetch; `undefined` when it is none, or a new one. */
  take(fetch: FetchDescription): EventPosition | undefined {
    if (this.#ended.length === 0 || !isOfSource(fetch)) return undefined;
    const key = keyOf(fetch);
    const now = this.#clock.now();
    this.#ended = this.#ended.filter(({ at, retryMs }) => now <= at + retryMs + LATE_MS);
    const found = this.#ended.find((each) => each.key === key && now >= each.at + each.retryMs - EARLY_MS);
    this.#ended = this.#ended.filter((each) => each !== found);
    return found;
  }

  /** Reads along with an answer, when it is an event stream for a source. */
  follow(fetch: FetchDescription, contentType: string | null, from?: EventPosition): EventStream | undefined {
    if (!isOfSource(fetch) || !/^text\/event-stream\b/i.test(contentType ?? "")) return undefined;
    return new EventStream(from, (position) => {
      if (position.id === "") return;
      this.#ended = [...this.#ended, { ...position, key: keyOf(fetch), at: this.#clock.now() }];
    });
  }
}

/** One event stream on its way, as HTML's section 9.2.6 has it, as far as ids and waits go. */
export class EventStream {
  readonly #ended: (position: EventPosition) => void;
  #id: string;
  #retryMs: number;
  /** The id that the next empty line makes the source's own. */
  #pending: string;
  #line = "";
  #carriageReturn = false;

  constructor(from: EventPosition | undefined, ended: (position: EventPosition) => void) {
    this.#ended = ended;
    this.#id = from?.id ?? "";
    this.#pending = this.#id;
    this.#retryMs = from?.retryMs ?? RETRY_MS;
  }

  feed(bytes: Uint8Array): void {
    for (const byte of bytes) {
      const secondOfTwo = byte === 10 && this.#carriageReturn;
      this.#carriageReturn = byte === 13;
      if (secondOfTwo) continue;
      if (byte === 10 || byte === 13) {
        this.#onLine(this.#line);
        this.#line = "";
      } else if (this.#line.length < LINE_LENGTH) this.#line += String.fromCharCode(byte);
    }
  }

  /** It has ended, and not because the source was closed: that one will connect again. */
  over(): void {
    this.#ended({ id: this.#id, retryMs: this.#retryMs });
  }

  #onLine(line: string): void {
    if (line === "") this.#id = this.#pending;
    const [, field, value = ""] = /^(?:\xef\xbb\xbf)?([^:]*)(?:: ?(.*))?$/.exec(line) ?? [];
    if (field === "id" && !value.includes("\0") && line.length < LINE_LENGTH) this.#pending = value;
    if (field === "retry" && /^[0-9]+$/.test(value)) this.#retryMs = Number(value);
  }
}

/** Whether an `EventSource` asks, one whose browser does not say itself how far it has come. */
function isOfSource({ method, mode, headers }: FetchDescription): boolean {
  const has = (name: string, value?: string) =>
    headers.some(([each, its]) => each === name && (value === undefined || its === value));
  return method === "GET" && mode === "cors" && has("accept", "text/event-stream") && !has("last-event-id");
}

function keyOf({ client, port, target }: FetchDescription): string {
  return JSON.stringify([client, port, target]);
}
