import type { ConnectSpec, Network, Socket } from "../socket/index.ts";
import { ByteBuffer, toBytes, toLatin1 } from "./bytes.ts";
import { turns } from "./turn.ts";
import { WaitFailed, WakeUp } from "./wake-up.ts";

/** How `send` cuts what it sends: in one write, a byte a write, in two halves, or after the given offsets. */
export type Pace = "whole" | "bytes" | "split" | readonly number[];

/** What has become of the connection as the client sees it: "half-closed" by the peer, "reset" by the peer. */
export type WireState = "open" | "half-closed" | "closed" | "reset" | "failed";

/** Options of every wait. */
export interface WaitOptions {
  /** Milliseconds of real time before the wait fails with what was there. Default 2000. */
  readonly withinMs?: number;
}

/** What a read waits for: a piece of text, a pattern, a count of bytes, or a test of all unread text. */
export type Wanted = string | RegExp | number | ((unread: string) => boolean);

/**
 * A client that speaks bytes, over any network, for tests of what is really on the wire.
 *
 * Text is latin1 throughout, one character a byte, so that offsets and lengths are the wire's; `utf8` decodes.
 * Reading consumes: `read` gives what came up to and including what was wanted, the next one goes on after it.
 * No wait is without an end, and one that fails says what had come.
 *
 * @example
 * ```ts
 * import { AsyncHttpServer, VirtualNetwork } from "portico";
 * import { WireClient } from "portico/testing";
 *
 * const network = new VirtualNetwork();
 * void new AsyncHttpServer({ network }).serve(8080, (request) => request.respond(200, "Hello"));
 * const client = await WireClient.connect(network, { host: "localhost", port: 8080 });
 * await client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "bytes");
 * const head = await client.read("\r\n\r\n");
 * head.startsWith("HTTP/1.1 200 OK\r\n"); // true
 * await client.read(5); // "Hello"
 * await client.readToEnd(); // ""
 * client.state; // "half-closed"
 * ```
 */
export class WireClient {
  readonly socket: Socket;
  /** Every event in order: `"data 5"`, `"end"`, `"drain"`, `"close"`, `"close ECONNRESET"`. */
  readonly events: string[] = [];
  readonly #wakeUp = new WakeUp();
  readonly #received = new ByteBuffer();
  #consumed = 0;
  #state: WireState = "open";
  #writable = true;
  #error: Error | undefined;

  /** Over either end of a connection, one that nobody opened yet; `paused` leaves the flow to `socket.resume()`. */
  constructor(socket: Socket, options: { paused?: boolean } = {}) {
    this.socket = socket;
    if (options.paused) socket.pause();
    socket.open({
      onData: (bytes) => {
        this.#received.append(bytes);
        this.#happened(`data ${bytes.length}`);
      },
      onEnd: () => {
        this.#state = "half-closed";
        this.#happened("end");
      },
      onDrain: () => {
        this.#writable = true;
        this.#happened("drain");
      },
      onClose: (error) => {
        this.#error = error;
        const code = error && "code" in error ? String(error.code) : error?.name;
        this.#state = code === undefined ? "closed" : code === "ECONNRESET" ? "reset" : "failed";
        this.#happened(code === undefined ? "close" : `close ${code}`);
      },
    });
  }

  static async connect(
    network: Network,
    spec: ConnectSpec,
    options: { paused?: boolean } = {},
  ): Promise<WireClient> {
    return new WireClient(await network.connect(spec), options);
  }

  get state(): WireState {
    return this.#state;
  }

  /** What `onClose` was given. */
  get error(): Error | undefined {
    return this.#error;
  }

  /** All bytes that came since the connection opened, read or not. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#received.bytes;
  }

  /** `bytes` as latin1. */
  get text(): string {
    return toLatin1(this.bytes);
  }

  /** `bytes` as UTF-8. */
  get utf8(): string {
    return new TextDecoder().decode(this.bytes);
  }

  /** What came and was not read yet. */
  get unread(): string {
    return toLatin1(this.bytes.subarray(this.#consumed));
  }

  /**
   * Sends. A string is sent as UTF-8. Resolves when the last piece was handed to the socket and, where that is
   * full, has left; between two pieces the event loop turns, so the peer gets them one by one on networks that
   * do not join writes. Pieces that can't be sent any more, since the connection is gone, are dropped.
   */
  async send(data: Uint8Array | string, pace: Pace = "whole", options: WaitOptions = {}): Promise<void> {
    const bytes = toBytes(data);
    let from = 0;
    for (const to of [...cuts(bytes.length, pace), bytes.length]) {
      if (this.#gone) return;
      this.#writable = this.socket.write(bytes.subarray(from, to));
      from = to;
      if (!this.#writable) await this.#drained(options);
      if (to < bytes.length) await turns(2);
    }
  }

  /** Half-closes. */
  end(): void {
    this.socket.end();
  }

  /** Resets. */
  destroy(): void {
    this.socket.destroy();
  }

  /**
   * Consumes up to and including what was wanted, and gives it as text; with a function, everything unread.
   * @throws WaitFailed when it did not come in time, or the peer ended before.
   */
  read(wanted: Wanted, options: WaitOptions = {}): Promise<string> {
    return this.#until(() => {
      const end = this.#endOf(wanted);
      if (end !== undefined) return this.#consume(end);
      if (this.#state !== "open") throw new WaitFailed(`The peer ended before it came: ${this.#describe()}`);
      return undefined;
    }, options);
  }

  /** Consumes everything until the peer half-closed, closed or reset; `state` says which. */
  readToEnd(options: WaitOptions = {}): Promise<string> {
    return this.#until(() => {
      return this.#state === "open" ? undefined : this.#consume(this.#unreadLength);
    }, options);
  }

  /** Waits until the connection is gone, and says how. An end by the peer is answered with one. */
  closed(options: WaitOptions = {}): Promise<WireState> {
    return this.#until(() => {
      if (this.#state === "half-closed") this.end();
      return this.#gone ? this.#state : undefined;
    }, options);
  }

  /**
   * Nothing comes and nothing ends for `ms` milliseconds of real time. A wait for something that should not
   * happen can't be quick and sure at once: wait for what comes after it instead, where there is something.
   * @throws WaitFailed at once when something happens.
   */
  async quiet(ms = 30): Promise<void> {
    const before = this.events.length;
    const happened = this.#until(() => (this.events.length > before ? true : undefined), { withinMs: ms });
    if (await happened.catch(() => false)) throw new WaitFailed(`Something happened: ${this.#describe()}`);
  }

  /** Waits for anything about this client: `check` is looked at after every event. */
  waitFor(check: (client: this) => boolean, options: WaitOptions = {}): Promise<void> {
    return this.#until(() => (check(this) ? true : undefined), options).then(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.destroy();
    await this.closed();
  }

  get #gone(): boolean {
    return this.#state === "closed" || this.#state === "reset" || this.#state === "failed";
  }

  get #unreadLength(): number {
    return this.#received.bytes.length - this.#consumed;
  }

  #consume(length: number): string {
    const from = this.#consumed;
    this.#consumed += length;
    return toLatin1(this.bytes.subarray(from, this.#consumed));
  }

  /** The count of unread bytes up to the end of what is wanted, `undefined` while it is not there. */
  #endOf(wanted: Wanted): number | undefined {
    if (typeof wanted === "number") return this.#unreadLength >= wanted ? wanted : undefined;
    const unread = this.unread;
    if (typeof wanted === "function") return wanted(unread) ? unread.length : undefined;
    if (typeof wanted === "string") {
      const at = unread.indexOf(wanted);
      return at < 0 ? undefined : at + wanted.length;
    }
    const match = wanted.exec(unread);
    return match ? match.index + match[0].length : undefined;
  }

  #drained(options: WaitOptions): Promise<boolean> {
    return this.#until(() => (this.#writable || this.#gone ? true : undefined), options);
  }

  #happened(event: string): void {
    this.events.push(event);
    this.#wakeUp.poke();
  }

  #until<T>(check: () => T | undefined, { withinMs = 2000 }: WaitOptions): Promise<T> {
    return this.#wakeUp.until(check, withinMs, () => this.#describe());
  }

  #describe(): string {
    const unread = this.unread;
    const shown = unread.length > 400 ? `${unread.slice(0, 400)}... (${unread.length} bytes)` : unread;
    return `the connection is ${this.#state}, unread is ${JSON.stringify(shown)}`;
  }
}

function cuts(length: number, pace: Pace): readonly number[] {
  if (pace === "whole") return [];
  if (pace === "split") return length > 1 ? [length >> 1] : [];
  if (pace === "bytes") return Array.from({ length: Math.max(0, length - 1) }, (_, index) => index + 1);
  return pace.filter((offset) => offset > 0 && offset < length);
}
