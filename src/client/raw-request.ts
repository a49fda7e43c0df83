import type { ProtocolError } from "../http1/errors.ts";
import { concat } from "../http1/octets.ts";
import { type Clock, type ConnectSpec, type Network, systemClock } from "../socket/index.ts";
import { type RawResponse, RawResponses, requestsIn } from "./raw-responses.ts";

/** Options of `rawRequest`. */
export interface RawRequestOptions {
  /** Milliseconds to wait for the end of what the server sends. Default 5000; 0 waits for ever. */
  readonly timeoutMs?: number;
  /** Called with all bytes that arrive, as they do. They are the receiver's to read, not to change. Default: nobody is. */
  readonly onData?: (bytes: Uint8Array) => void;
  /** Default: the platform's. */
  readonly clock?: Clock;
}

/** What came back. */
export interface RawAnswer {
  /** Every byte that the server sent. */
  readonly bytes: Uint8Array;
  /** The responses among them, interim ones too; the last may be incomplete. */
  readonly responses: readonly RawResponse[];
  /** Why the bytes are no responses from some point on. */
  readonly error: ProtocolError | undefined;
  /**
   * What it ended with: every request was `"answered"`; the server made an `"end"`, or a `"reset"`; the time was
   * over (`"timeout"`), which is the usual end of a request that is not whole.
   */
  readonly ending: "answered" | "end" | "reset" | "timeout";
}

/**
 * Sends exactly these bytes on a connection of its own and gives what comes back, as bytes and, as far as they
 * are some, as responses. Nothing is added, checked or corrected: this is how one sees what a server does with
 * a message that `fetch` would never send.
 *
 * @param data bytes, or text that is sent as UTF-8; may hold several requests
 * @throws NetworkError when there is no connection; the signal's reason once it is aborted
 *
 * @example
 * ```ts
 * import { AsyncHttpServer, rawRequest, VirtualNetwork } from "portico";
 *
 * const network = new VirtualNetwork();
 * void new AsyncHttpServer({ network }).serve(8080, (request) => request.respond(200));
 * const target = { host: "localhost", port: 8080 };
 * const { responses } = await rawRequest(network, target, "GET / HTTP/9.9\r\n\r\n");
 * responses[0]?.status; // 505
 * ```
 */
export async function rawRequest(
  network: Network,
  target: ConnectSpec,
  data: Uint8Array | string,
  options: RawRequestOptions = {},
): Promise<RawAnswer> {
  const { timeoutMs = 5000, onData, clock = systemClock } = options;
  const { signal } = target;
  const sent = typeof data === "string" ? new TextEncoder().encode(data) : data.slice();
  const { methods, whole } = requestsIn(sent);
  const responses = new RawResponses(methods);
  const pieces: Uint8Array[] = [];
  const socket = await network.connect(target);
  if (signal?.aborted) {
    socket.destroy();
    throw signal.reason;
  }
  return new Promise((resolve, reject) => {
    const abort = () => {
      settle();
      reject(signal?.reason);
    };
    const timer = timeoutMs > 0 ? clock.setTimeout(() => finish("timeout"), timeoutMs) : undefined;
    signal?.addEventListener("abort", abort);
    /** Also makes the connection go, one way or the other. */
    const settle = () => {
      clock.clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      socket.destroy();
    };
    const finish = (ending: RawAnswer["ending"]) => {
      settle();
      resolve({ bytes: concat(pieces), responses: responses.all, error: responses.error, ending });
    };
    socket.open({
      onData(bytes) {
        pieces.push(bytes);
        onData?.(bytes);
        responses.feed(bytes);
        if (whole && responses.answered === methods.length) finish("answered");
      },
      onEnd() {
        responses.finish();
        finish("end");
      },
      onDrain() {},
      onClose: (error) => finish(error === undefined ? "end" : "reset"),
    });
    socket.write(sent, true);
  });
}
