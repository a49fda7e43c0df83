import type { ProtocolError } from "../http1/errors.ts";
import type { Timeouts } from "../server/options.ts";
import { HttpServer } from "../server/server.ts";
import type { HttpRequest, UpgradedConnection } from "../server/types.ts";
import type { Network, Socket } from "../socket/index.ts";
import { clientErrorOf } from "./client-error.ts";
import { ConnectionSocket, familyOf } from "./connection-socket.ts";
import { NodeHttpError } from "./errors.ts";
import { IncomingMessage } from "./incoming-message.ts";
import { type ListenArguments, listenSpec } from "./listen.ts";
import { pin } from "./pin.ts";
import { ServerResponse } from "./server-response.ts";
import { Buffer, EventEmitter } from "./streams.ts";
import { type Watch, watchedNetwork } from "./watched-network.ts";

/** Answers one request. Frameworks' own types of the two differ from ours, so any function of two will do. */
export type RequestListener = (request: IncomingMessage, response: ServerResponse) => unknown;
export type AnyListener = (request: never, response: never) => unknown;

/** Options of `createServer`: Node's where Portico has a use for them, and the network. */
export interface ServerOptions {
  /** What to listen on. Default: the one that `useNetwork` set, else the platform's own. */
  network?: Network;
  /** Milliseconds between two requests of a connection. Default 5,000. */
  keepAliveTimeout?: number;
  /** Milliseconds for a request's head. Default 60,000. */
  headersTimeout?: number;
  /** Milliseconds for each 64 KiB of a request's body. Default 300,000. */
  requestTimeout?: number;
  /** Bytes of a request's head. Default 16,384. */
  maxHeaderSize?: number;
  /** Joins repeated fields with `", "` of which only the first would count. Default false. */
  joinDuplicateHeaders?: boolean;
  /** Told of what a listener threw; the client gets 500. Default: `console.error`. */
  onError?: (error: unknown) => void;
}

/** What a platform's entry decides. */
export interface Runtime {
  network: Network;
  /** See `pin`. */
  readonly pinned: boolean;
}

/** `http.maxHeaderSize`: bytes. */
export const maxHeaderSize = 16_384;

/** The longest time that a timer can wait. */
const FOREVER_MS = 2_147_483_647;

/** @throws NodeHttpError `ERR_INVALID_ARG_TYPE`, `ERR_OUT_OF_RANGE` */
function checkOptions(options: ServerOptions): void {
  if (typeof options !== "object") {
    const got = typeof options;
    throw new NodeHttpError("ERR_INVALID_ARG_TYPE", `options must be an object or a listener, got ${got}`);
  }
  for (const name of ["keepAliveTimeout", "headersTimeout", "requestTimeout", "maxHeaderSize"] as const) {
    const value: unknown = options[name] ?? 0;
    if (typeof value !== "number")
      throw new NodeHttpError("ERR_INVALID_ARG_TYPE", `${name} must be a number, got ${typeof value}`);
    if (!(value >= 0))
      throw new NodeHttpError("ERR_OUT_OF_RANGE", `${name} must be a number of at least 0, got ${value}`);
  }
}

/** `http.Server` on a Portico server. */
export class HttpServerOfNode extends EventEmitter {
  listening = false;
  keepAliveTimeout: number;
  headersTimeout: number;
  requestTimeout: number;
  maxHeadersCount: number | null = null;
  maxRequestsPerSocket = 0;
  timeout = 0;

  readonly #runtime: Runtime;
  readonly #options: ServerOptions;
  readonly #sockets = new Map<Socket, Connection>();
  /** Responses that have not emitted `"close"`: the server's own comes after theirs. */
  readonly #running = new Set<Promise<void>>();
  #server: HttpServer | undefined;
  #address: { address: string; port: number; family: string } | string | null = null;

  /** @throws NodeHttpError `ERR_INVALID_ARG_TYPE`, `ERR_OUT_OF_RANGE` for options that make no sense */
  constructor(runtime: Runtime, options?: ServerOptions | AnyListener | null, listener?: AnyListener) {
    super();
    const given = typeof options === "function" ? {} : (options ?? {});
    const onRequest = typeof options === "function" ? options : listener;
    this.#runtime = runtime;
    this.#options = given;
    checkOptions(given);
    this.keepAliveTimeout = given.keepAliveTimeout ?? 5_000;
    this.headersTimeout = given.headersTimeout ?? 60_000;
    this.requestTimeout = given.requestTimeout ?? 300_000;
    if (onRequest !== undefined) this.on("request", onRequest as (...args: never[]) => void);
  }

  /**
   * Binds, and emits `"listening"` or `"error"`. Takes Node's forms: `(port, host?, backlog?, callback?)`,
   * `(path, callback?)`, `(options, callback?)`.
   * @throws NodeHttpError `ERR_SERVER_ALREADY_LISTEN`, `ERR_SOCKET_BAD_PORT`, `ERR_INVALID_ARG_VALUE`
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
        queueMicrotask(() => this.emit("listening"));
      },
    });
    signal?.addEventListener("abort", () => this.close(), { once: true });
    served.catch((error: unknown) => {
      if (this.#server === server) this.#server = undefined;
      this.listening = false;
      // Programs ask what failed, and print which port.
      if (error instanceof Error)
        Object.assign(error, { syscall: "listen", port: spec.port, address: spec.address });
      queueMicrotask(() => this.emit("error", error));
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
      if (callback !== undefined) queueMicrotask(() => callback(error));
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
    queueMicrotask(() => callback(null, this.#sockets.size));
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
    const timeouts: Partial<Timeouts> = {
      keepAliveMs: this.keepAliveTimeout,
      headersMs: this.headersTimeout,
      bodyMs: this.requestTimeout,
    };
    const { onError, maxHeaderSize: maxHeaderBytes = maxHeaderSize } = this.#options;
    const maxHeaderCount = this.maxHeadersCount ?? 2_000;
    return new HttpServer({
      network,
      timeouts,
      // Node has no limits for these; what reads a body has its own.
      maxBody: Number.MAX_SAFE_INTEGER,
      limits: {
        maxConnections: Infinity,
        maxUnsentBytes: Infinity,
        maxHeaderBytes,
        maxRequestLineBytes: maxHeaderBytes,
        maxHeaderCount: maxHeaderCount === 0 ? Number.MAX_SAFE_INTEGER : maxHeaderCount,
      },
      ...(onError === undefined ? {} : { onError }),
      onClientError: (error, client, takeOver) => this.#clientError(error, client, takeOver),
    });
  }

  #connected(socket: Socket): Watch {
    const connection = new Connection(new ConnectionSocket(socket));
    this.#sockets.set(socket, connection);
    if (this.timeout > 0) this.#watchTimeout(connection.facade);
    this.emit("connection", connection.facade);
    return {
      active: () => connection.facade.touch(),
      gone: (error) => {
        this.#sockets.delete(socket);
        if (error !== undefined && !connection.facade.taken)
          this.emit("clientError", error, connection.facade);
        connection.lost(error);
      },
    };
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

  #watchTimeout(facade: ConnectionSocket): void {
    facade.setTimeout(this.timeout, () => {
      if (!this.emit("timeout", facade)) facade.destroy();
    });
  }

  /** One request: settles when it was answered, or when the client is gone. */
  #serve(request: HttpRequest): Promise<void> {
    const connection = this.#sockets.get(request.client);
    const message = new IncomingMessage(connection?.facade, request);
    message.joinDuplicateHeaders = this.#options.joinDuplicateHeaders ?? false;
    const change = this.#changeOf(request);
    if (change !== undefined) {
      this.#handOver(change, message, request);
      return Promise.resolve();
    }
    const response = new ServerResponse(message, request);
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
    return done.then(() => {
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

  /** An upgrade that nobody listens for is a request as others; to CONNECT there is no other answer. */
  #changeOf({ method, headers, protocol }: HttpRequest): "upgrade" | "connect" | undefined {
    if (method === "CONNECT") return "connect";
    if (protocol.minor === 0 || !headers.has("upgrade") || this.listenerCount("upgrade") === 0)
      return undefined;
    return /(^|,)\s*upgrade\s*(,|$)/i.test(headers.get("connection") ?? "") ? "upgrade" : undefined;
  }
}

/** A connection, and what is being served on it. */
class Connection {
  readonly facade: ConnectionSocket;
  current: { readonly message: IncomingMessage; readonly response: ServerResponse } | undefined;

  constructor(facade: ConnectionSocket) {
    this.facade = facade;
  }

  lost(error: Error | undefined): void {
    if (!this.facade.taken) this.facade.lost(error);
    this.current?.message.connectionLost();
    this.current?.response.connectionLost();
  }
}
