import { NetworkError } from "./errors.ts";
import type { Socket } from "./socket.ts";

/** The two directions of a socket as WHATWG streams. */
export interface SocketStreams {
  /**
   * What arrives. Closes at the peer's half-close, errors with what ended the connection. Nothing is read
   * from the socket before somebody reads here. `cancel` throws away what still arrives; `writable` lives on.
   */
  readonly readable: ReadableStream<Uint8Array>;
  /**
   * What leaves; strings as UTF-8. A write resolves when the socket can take more, `close` half-closes,
   * `abort` destroys the socket, and with it `readable`.
   */
  readonly writable: WritableStream<Uint8Array | string>;
}

/**
 * Opens the socket and gives its directions as streams with back-pressure, which end on their own.
 *
 * When the connection goes without an error before a direction ended (the socket's own `destroy()`), the
 * direction errors with a `NetworkError` of the code `ERR_SOCKET_CLOSED`.
 *
 * @throws TypeError when the socket was opened before.
 *
 * @example
 * ```ts
 * import { toStreams, VirtualNetwork } from "portico";
 *
 * const network = new VirtualNetwork();
 * const listener = await network.listen({ port: 8080 });
 * const client = toStreams(await network.connect({ host: "localhost", port: 8080 }));
 * const server = toStreams(await listener.accept());
 * void server.readable.pipeTo(server.writable); // an echo
 *
 * const writer = client.writable.getWriter();
 * await writer.write(new TextEncoder().encode("Hello"));
 * await writer.close();
 * const echoed = await new Response(client.readable).text(); // "Hello"
 * ```
 */
export function toStreams(socket: Socket): SocketStreams {
  const inbound = new Inbound(socket);
  const outbound = new Outbound(socket);
  socket.pause();
  socket.open({
    onData: (bytes) => inbound.data(bytes),
    onEnd: () => inbound.end(),
    onDrain: () => outbound.drained(),
    onClose(error = new NetworkError("ERR_SOCKET_CLOSED", "the socket was destroyed")) {
      inbound.fail(error);
      outbound.fail(error);
    },
  });
  return { readable: inbound.stream, writable: outbound.stream };
}

/** One piece is on its way at most: a pull lets the socket flow, a piece that meets no reader stops it. */
class Inbound {
  readonly stream: ReadableStream<Uint8Array>;
  readonly #socket: Socket;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #state: "open" | "cancelled" | "ended" = "open";

  constructor(socket: Socket) {
    this.#socket = socket;
    this.stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => socket.resume(),
        cancel: () => {
          this.#state = "cancelled";
          socket.resume();
        },
      },
      { highWaterMark: 0 },
    );
  }

  data(bytes: Uint8Array): void {
    if (this.#state !== "open") return;
    this.#controller.enqueue(bytes);
    if ((this.#controller.desiredSize ?? 0) <= 0) this.#socket.pause();
  }

  end(): void {
    if (this.#state === "open") this.#controller.close();
    this.#state = "ended";
  }

  fail(error: Error): void {
    if (this.#state === "open") this.#controller.error(error);
    this.#state = "ended";
  }
}

class Outbound {
  readonly stream: WritableStream<Uint8Array | string>;
  readonly #socket: Socket;
  #controller!: WritableStreamDefaultController;
  #state: "open" | "ended" = "open";
  #waiting: { resolve: () => void; reject: (error: Error) => void } | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.stream = new WritableStream<Uint8Array | string>({
      start: (controller) => {
        this.#controller = controller;
        // Not the sink's `abort`: that one waits for a write in progress, which may wait for the peer.
        controller.signal.addEventListener("abort", () => this.#abort(controller.signal.reason));
      },
      write: (data) => {
        if (socket.write(data)) return undefined;
        return new Promise<void>((resolve, reject) => {
          this.#waiting = { resolve, reject };
        });
      },
      close: () => {
        this.#state = "ended";
        socket.end();
      },
    });
  }

  drained(): void {
    this.#waiting?.resolve();
    this.#waiting = undefined;
  }

  fail(error: Error): void {
    if (this.#state === "open") this.#controller.error(error);
    this.#state = "ended";
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  }

  #abort(reason: unknown): void {
    this.#state = "ended";
    this.#socket.destroy(reason instanceof Error ? reason : undefined);
  }
}
