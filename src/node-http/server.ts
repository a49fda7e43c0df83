/// <reference lib="esnext.disposable" preserve="true" />
import type { ProtocolError } from "../http1/errors.ts";
import { HttpServer } from "../server/server.ts";
import type { HttpRequest, UpgradedConnection } from "../server/types.ts";
import { soon } from "../socket/clock.ts";
import type { Network, Socket } from "../socket/index.ts";
import { changeOf } from "./change.ts";
import { clientErrorOf } from "./client-error.ts";
import { Connection } from "./connection.ts";
import { ConnectionSocket, familyOf } from "./connection-socket.ts";
import { NodeHttpError } from "./errors.ts";
import { IncomingMessage } from "./incoming-message.ts";
import { type ListenArguments, listenSpec } from "./listen.ts";
import { pin } from "./pin.ts";
import { type AnyListener, checkOptions, limitsOf, type ServerOptions } from "./server-options.ts";
import { ServerResponse } from "./server-response.ts";
import { Buffer, EventEmitter } from "./streams.ts";
import { type Watch, watchedNetwork } from "./watched-network.ts";

/** What a platform's entry decides. */
export interface Runtime {
  network: Network;
  /** See `pin`. */
  readonly pinned: boolean;
}

/** The longest time that a timer can wait. */
const FOREVER_MS = 2_147_483_647;

/** `http.Server` on a Portico server. */
export class HttpServerOfNode extends EventEmitter {
  listening = false;
  /** Connections above so many are dropped, with a `"drop"` event. Default: no limit. */
  maxConnections: number | undefined = undefined;
  maxHeadersCount: number | null = null;
  maxRequestsPerSocket = 0;
  timeout = 0;

  readonly #runtime: Runtime;
  readonly #options: ServerOptions;
  readonly #sockets = new Map<Socket, Connection>();
  /** Responses that have not emitted `"close"`: the server's own comes after theirs. */
  readonly #running = new Set<Promise<void>>();
  readonly #times: { keepAliveMs: number; headersMs: number; bodyMs: number };
  #server: HttpServer | undefined;
  #address: { address: string; port: number; family: string } | string | null = null;

  /** @throws TypeError `ERR_INVALID_ARG_TYPE`; RangeError `ERR_OUT_OF_RANGE` for options that make no sense */
  constructor(runtime: Runtime, options?: ServerOptions | AnyListener | null, listener?: AnyListener) {
    super();
    const given = typeof options === "function" ? {} : (options ?? {});
    const onRequest = typeof options === "function" ? options : listener;
    this.#runtime = runtime;
    this.#options = given;
    checkOptions(given);
    this.#times = {
      keepAliveMs: given.keepAliveTimeout ?? 5_000,
      headersMs: given.headersTimeout ?? 60_000,
      bodyMs: given.requestTimeout ?? 300_000,
    };
    if (onRequest !== undefined) this.on("request", onRequest as (...args: never[]) => void);
  }

  get keepAliveTimeout(): number {
    return this.#times.keepAliveMs;
  }

  set keepAliveTimeout(ms: number) {
    this.#setTime("keepAliveMs", ms);
  }

  get headersTimeout(): number {
    return this.#times.headersMs;
  }

  set headersTimeout(ms: number) {
    this.#setTime("headersMs", ms);
  }

  get requestTimeout(): number {
    return this.#times.bodyMs;
  }

  set requestTimeout(ms: number) {
    this.#setTime("bodyMs", ms);
  }

  /** Programs set them on what `app.listen` returned, which listens by then. */
  #setTime(name: "keepAliveMs" | "headersMs" | "bodyMs", ms: number): void {
    this.#times[name] = ms;
    // Whatever is no time is none, as in Node.
    if (this.#server !== undefined) this.#server.timeouts[name] = ms > 0 ? ms : 0;
  }

  /**
   * Binds, and emits `"listening"` or `"error"`. Takes Node's forms: `(port, host?, backlog?, callback?)`,
   * `(path, callback?)`, `(options, callback?)`.
   * @throws NodeHttpError `ERR_SERVER_ALREADY_LISTEN`; RangeError `ERR_SOCKET_BAD_PORT`; TypeError `ERR_INVALID_ARG_VALUE`
   */
  listen(...args: ListenArguments): this {
    if (this.#server !== undefined) {
      throw new NodeHttpError("ERR_SERVER_ALREADY_LISTEN", "Listen method has been called more than once");
    }
    const { spec, callback, signal } = listenSpec(args);
    if (callback !== undefined) this.once("listening", callback);
    const network = watchedNetwork(this.#options.network ?? this.#runtime.network, (socket) =>
      this.#connected(socket),
    );
    const bound: Network = { ...network, listen: (asked) => network.listen({ ...asked, ...spec }) };
    const server = this.#makeServer(bound);
    this.#server = server;
    const served = server.serve(spec.port, (request) => this.#serve(request), {
      onListen: ({ address, port, family }) => {
        if (this.#server !== server) return;
        this.listening = true;
        this.#address =
          family === "unix" ? address : { address, port, family: familyOf({ address, port, family }) };
        soon(() => this.emit("listening"));
      },
    });
    signal?.addEventListener("abort", () => this.close(), { once: true });
    served.catch((error: unknown) => {
      if (this.#server === server) this.#server = undefined;
      this.listening = false;
      // Programs ask what failed, and print which port.
      if (error instanceof Error)
        Object.assign(error, { syscall: "listen", port: spec.port, address: spec.address });
      soon(() => this.emit("error", error));
    });
    return this;
  }

  /** Where the server listens: a path for a Unix socket, `null` before and after. */
  address(): { address: string; port: number; family: string } | string | null {
    return this.listening ? this.#address : null;
  }

  /** Stops listening, ends idle connections, and emits `"close"` when the others have ended. */
  close(callback?: (error?: Error) => void): this {
    const server = this.#server;
    if (server === undefined) {
      const error = new NodeHttpError("ERR_SERVER_NOT_RUNNING", "Server is not running.");
      if (callback !== undefined) soon(() => callback(error));
      return this;
    }
    if (callback !== undefined) this.once("close", () => callback());
    this.#server = undefined;
    this.listening = false;
    server
      .close({ graceMs: FOREVER_MS })
      .then(() => Promise.all(this.#running))
      .then(
        () => this.emit("close"),
        (error: unknown) => this.emit("error", error),
      );
    return this;
  }

  /** Those that speak another protocol by now are the program's. */
  closeAllConnections(): void {
    for (const [socket, { facade }] of [...this.#sockets]) if (!facade.taken) socket.destroy();
  }

  closeIdleConnections(): void {
    for (const [socket, { current, facade }] of [...this.#sockets]) {
      if (current === undefined && !facade.taken) socket.end();
    }
  }

  getConnections(callback: (error: Error | null, count: number) => void): this {
    soon(() => callback(null, this.#sockets.size));
    return this;
  }

  setTimeout(ms: number, callback?: (socket: ConnectionSocket) => void): this {
    this.timeout = ms;
    if (callback !== undefined) this.on("timeout", callback);
    return this;
  }

  /** A server in a page holds nothing open; on Node the listener does, and only `close` lets go of it. */
  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server === undefined) return;
    await new Promise<void>((resolve) => this.close(() => resolve()));
  }

  #makeServer(network: Network): HttpServer {
    return new HttpServer({
      ...limitsOf(this.#options, this.maxHeadersCount),
      network,
      timeouts: this.#times,
      onClientError: (error, client, takeOver) => this.#clientError(error, client, takeOver),
    });
  }

  #connected(socket: Socket): Watch {
    if (this.maxConnections && this.#sockets.size >= this.maxConnections) return this.#drop(socket);
    const connection = new Connection(new ConnectionSocket(socket));
    this.#sockets.set(socket, connection);
    const { facade } = connection;
    facade.on("timeout", () => connection.quiet(() => this.emit("timeout", facade)));
    if (this.timeout > 0) facade.setTimeout(this.timeout);
    this.emit("connection", connection.facade);
    return {
      active: () => connection.facade.touch(),
      gone: (error) => {
        this.#sockets.delete(socket);
        if (error !== undefined && !connection.facade.taken) {
          connection.facade.lost(error); // first: who is told asks whether it is writable
          this.emit("clientError", error, connection.facade);
        }
        connection.lost(error);
      },
    };
  }

  #drop(socket: Socket): Watch {
    socket.destroy();
    const { address, port } = socket.localAddress;
    const { address: remoteAddress, port: remotePort } = socket.remoteAddress;
    this.emit("drop", { localAddress: address, localPort: port, remoteAddress, remotePort });
    return { active() {}, gone() {} };
  }

  /** Where somebody listens, the connection is theirs to answer on and to end. */
  #clientError(error: ProtocolError, client: Socket, takeOver: () => UpgradedConnection): void {
    const facade = this.#sockets.get(client)?.facade;
    if (facade === undefined || this.listenerCount("clientError") === 0) return;
    facade.take(takeOver());
    // What follows a malformed request is nobody's.
    facade.resume();
    this.emit("clientError", clientErrorOf(error), facade);
  }

  /** Another protocol from here on. As in Node, what came with the head may as well come from the socket. */
  #handOver(event: "upgrade" | "connect", message: IncomingMessage, request: HttpRequest): void {
    message.upgrade = true;
    const { socket } = message;
    if (socket === undefined) return;
    socket.take(request.takeOver());
    if (!this.emit(event, message, socket, Buffer.from(""))) socket.destroy();
  }

  /** One request: settles when it was answered, or when the client is gone. */
  #serve(request: HttpRequest): Promise<void> {
    const connection = this.#sockets.get(request.client);
    const message = new (this.#options.IncomingMessage ?? IncomingMessage)(connection?.facade);
    message.begin(request);
    message.joinDuplicateHeaders = this.#options.joinDuplicateHeaders ?? false;
    const change = changeOf(request, this.listenerCount("upgrade") > 0);
    if (change !== undefined) {
      this.#handOver(change, message, request);
      return Promise.resolve();
    }
    const response = new (this.#options.ServerResponse ?? ServerResponse)(message);
    response.begin(request);
    message.onMalformed((error) => response.fail(error));
    if (connection !== undefined && ++connection.requests === this.maxRequestsPerSocket) {
      response.shouldKeepAlive = false;
    }
    if (request.protocol.minor === 0 && !/keep-alive/i.test(request.headers.get("connection") ?? "")) {
      response.shouldKeepAlive = false;
    }
    if (this.#runtime.pinned) pin(message, response);
    const done = new Promise<void>((resolve) => {
      response.once("close", resolve);
    });
    this.#running.add(done);
    if (connection !== undefined) connection.current = { message, response };
    // Node takes a client that ended its side to be gone, and tells who listens for that.
    request.signal.addEventListener("abort", () => request.client.destroy());
    try {
      this.emit(this.#eventOf(request), message, response);
    } catch (error) {
      response.fail(error);
      throw error;
    } finally {
      done.finally(() => this.#running.delete(done));
    }
    return done.then(async () => {
      // The connection goes with it: until it has, the server would take this for no answer.
      if (response.givenUp) await connection?.end();
      if (connection?.current?.response === response) connection.current = undefined;
      message.answered();
      if (response.failure !== undefined) throw response.failure;
    });
  }

  /** The server itself answers 417 where a client expects anything else. */
  #eventOf(request: HttpRequest): string {
    if (this.listenerCount("checkContinue") === 0) return "request";
    return request.headers.get("expect") === null ? "request" : "checkContinue";
  }
}
