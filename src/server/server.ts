/// <reference lib="esnext.disposable" preserve="true" />
import { ResponseHeadWriter } from "../http1/response-writer.ts";
import type { Listener, Network, Socket } from "../socket/index.ts";
import { atLeast } from "../socket/numbers.ts";
import { portProblem } from "../socket/port.ts";
import { ACCEPT_PAUSE_MS, isTransient } from "./accept-loop.ts";
import { Admission } from "./admission.ts";
import { Connection, type ConnectionHost } from "./connection.ts";
import { callable, invalidOption, UsageError } from "./errors.ts";
import {
  type CloseOptions,
  DEFAULT_GRACE_MS,
  type ListenOptions,
  resolveOptions,
  type ServeOptions,
  type ServerOptions,
  type Timeouts,
} from "./options.ts";
import type { RequestCallback } from "./types.ts";
import { Watchdog } from "./watchdog.ts";

/** Descriptors that `shouldAcceptRequest` keeps free where the caller does not say. */
const ASSUMED_DESCRIPTORS = 5;

/**
 * An HTTP/1.1 server on any `Network`. Written against the ports of `socket/` alone; which network it listens
 * on when none is given is decided by the index that exports it.
 */
export class HttpServer implements AsyncDisposable {
  readonly #network: Network;
  readonly #options: ServerOptions;
  readonly #admission: Admission;
  readonly #host: ConnectionHost & { closing: boolean };
  #listener: Listener | undefined;
  #binding: Promise<Listener> | undefined;
  /** Whether the listener is being closed: it may yet give connections that had come before. */
  #draining = false;
  #closed: Promise<void> | undefined;
  #whenEmpty: (() => void) | undefined;

  /** @throws UsageError `InvalidOption` */
  constructor(options: ServerOptions & { network: Network }) {
    if (!options.network.listen) throw invalidOption("wanted a network");
    this.#network = options.network;
    this.#options = options;
    const config = resolveOptions(options);
    this.#admission = new Admission(config.limits);
    this.#host = {
      ...config,
      watchdog: new Watchdog(config.clock, Object.values(config.timeouts)),
      heads: {},
      head: new ResponseHeadWriter(),
      closing: false,
      connectionClosed: (connection) => {
        this.#admission.leave(connection.socket);
        if (this.#connections.size === 0) this.#whenEmpty?.();
      },
    };
  }

  get #connections(): ReadonlySet<Connection> {
    return this.#host.watchdog.watched;
  }

  /** The times that hold now: one that is set holds for the waits that begin from then on. */
  get timeouts(): { -readonly [Name in keyof Timeouts]: number } {
    return this.#host.timeouts;
  }

  /** Whether the server is bound and was not closed. */
  get listening(): boolean {
    return this.#listener !== undefined && !this.#host.closing;
  }

  /**
   * Binds. Closed meanwhile, it resolves, and nothing listens.
   * @param port 0 to 65535; 0 picks a free one
   * @throws UsageError `InvalidPort`, `InvalidOption`, `AlreadyListening` (a server listens once); NetworkError (`EADDRINUSE`, `EACCES`, ...)
   */
  async listen(port: number, options: ListenOptions = {}): Promise<void> {
    const problem = portProblem(port);
    if (problem) throw new UsageError("InvalidPort", problem);
    if (this.#binding ?? this.#listener ?? this.#closed)
      throw new UsageError("AlreadyListening", "a server listens once");
    // The seed and Node have the address there: not to be heard by all of the network because of that.
    if (typeof options !== "object") throw invalidOption("wanted { address }");
    const { address, family } = options;
    try {
      this.#binding = this.#network.listen({
        port,
        address,
        family,
        reuseAddr: this.#options.reuseAddr ?? true,
        reusePort: this.#options.reusePort ?? false,
      });
      this.#listener = await this.#binding;
    } finally {
      this.#binding = undefined;
    }
  }

  /** The bound port. @throws UsageError `NotListening` before `listen` */
  getPort(): number {
    return this.#bound().address.port;
  }

  /**
   * Accepts one connection and serves every request on it, or turns it away where it is one too many (see
   * `ServerLimits`); returns once that has begun. Returns without one when the server is closed meanwhile.
   * @throws UsageError `NotListening`, `InvalidOption`; NetworkError when the accept failed
   */
  async acceptRequest(callback: RequestCallback): Promise<void> {
    const listener = this.#bound();
    callable(callback);
    let socket: Socket;
    try {
      socket = await listener.accept();
    } catch (error) {
      this.#draining = false;
      if (this.#host.closing) return;
      throw error;
    }
    if (this.#host.closing && !this.#draining) {
      socket.destroy();
      return;
    }
    const connection = new Connection(socket, this.#host, callback);
    const fullness = this.#admission.enter(socket, this.#connections.size + 1);
    connection.start();
    if (fullness > 2) connection.socket.destroy();
    else if (fullness > 1) connection.turnAway(503);
  }

  /**
   * Whether so many descriptors are free that one more connection is reasonable.
   * @param assumedDescriptorsPerRequest how many a connection may come to need; default 5
   * @throws UsageError `InvalidOption`
   */
  shouldAcceptRequest(assumedDescriptorsPerRequest = ASSUMED_DESCRIPTORS): boolean {
    atLeast("assumedDescriptorsPerRequest", assumedDescriptorsPerRequest, 0, invalidOption);
    const { active, max = this.#host.maxDescriptorsFallback } = this.#network.descriptors();
    return active + assumedDescriptorsPerRequest <= max;
  }

  /**
   * Binds, and serves until the server is closed. Failures that pass (out of descriptors, a peer that was
   * gone before it was accepted) are reported and accepting goes on after a pause.
   * @returns when closed by `close()` or an aborted `signal`
   * @throws as `listen`; NetworkError when accepting failed for good
   */
  async serve(port: number, callback: RequestCallback, options: ServeOptions = {}): Promise<void> {
    const { assumedDescriptorsPerRequest = -1, onListen, signal } = options;
    if (signal?.aborted) return;
    await this.listen(port, options);
    const onAbort = () => void this.close();
    signal?.addEventListener("abort", onAbort, { once: true });
    if (signal?.aborted) onAbort();
    try {
      if (this.listening) onListen?.(this.#bound().address);
      while (this.listening || this.#draining) await this.#acceptNext(callback, assumedDescriptorsPerRequest);
    } catch (error) {
      await this.close({ graceMs: 0 });
      throw error;
    } finally {
      signal?.removeEventListener("abort", onAbort);
    }
    await this.#closed;
  }

  /**
   * Stops accepting, ends idle connections, lets running requests finish with `Connection: close`, and cuts
   * what is left after `graceMs`. Resolves when every connection is gone. A second call waits for the first,
   * but can shorten its grace.
   * @throws UsageError `InvalidOption`
   */
  async close(options: CloseOptions = {}): Promise<void> {
    const graceMs = atLeast("graceMs", options.graceMs ?? DEFAULT_GRACE_MS, 0, invalidOption);
    this.#closed ??= this.#close(graceMs);
    if (graceMs === 0) this.#cut();
    const timer = this.#host.clock.setTimeout(() => this.#cut(), graceMs);
    await this.#closed;
    this.#host.clock.clearTimeout(timer);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(graceMs: number): Promise<void> {
    this.#host.closing = true;
    this.#draining = true;
    // Who called `listen` is told whether it failed.
    await this.#binding?.catch(() => {});
    await this.#listener?.close();
    this.#draining = false;
    if (graceMs === 0) this.#cut();
    else for (const connection of this.#connections) connection.shutDown();
    if (this.#connections.size > 0)
      await new Promise<void>((resolve) => {
        this.#whenEmpty = resolve;
      });
  }

  /** Cuts every connection, whatever it is doing. */
  #cut(): void {
    for (const connection of this.#connections) connection.socket.destroy();
  }

  async #acceptNext(callback: RequestCallback, assumedDescriptors: number): Promise<void> {
    if (assumedDescriptors !== -1 && !this.shouldAcceptRequest(assumedDescriptors)) return this.#pause();
    try {
      await this.acceptRequest(callback);
    } catch (error) {
      if (!isTransient(error)) throw error;
      this.#host.onError(error);
      await this.#pause();
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => this.#host.clock.setTimeout(resolve, ACCEPT_PAUSE_MS));
  }

  #bound(): Listener {
    if (this.#listener === undefined) throw new UsageError("NotListening");
    return this.#listener;
  }
}
