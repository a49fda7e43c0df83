import { DEFAULT_LIMITS } from "../http1/limits.ts";
import type { ResponseHead } from "../http1/response-reader.ts";
import { ResponseReader } from "../http1/response-reader.ts";
import { UpgradedSocket } from "../server/upgraded-socket.ts";
import type { Socket } from "../socket/index.ts";
import { WebSocketHandshakeError } from "./errors.ts";
import { acceptKey, hasToken } from "./handshake.ts";

/** A connection whose server has agreed to switch to WebSocket. */
export interface Opened {
  readonly head: ResponseHead;
  /** Paused, with what the server already said in front. */
  readonly socket: Socket;
}

/**
 * A client's side of the opening handshake: sends the request and reads the response's head, interim responses
 * passed over.
 * @throws WebSocketHandshakeError (as a rejection), and then the socket is destroyed
 */
export function openHandshake(
  socket: Socket,
  request: string,
  key: string,
  signal: AbortSignal,
): Promise<Opened> {
  return new Promise((resolve, reject) => {
    const reader = new ResponseReader(DEFAULT_LIMITS);
    let upgraded: UpgradedSocket | undefined;
    const fail = (error: unknown): void => {
      signal.removeEventListener("abort", onAbort);
      socket.destroy();
      reject(error);
    };
    const onAbort = (): void => fail(signal.reason);
    const onHead = (head: ResponseHead): void => {
      const wrong = refusalOf(head, key);
      if (wrong !== undefined) {
        fail(new WebSocketHandshakeError(wrong, head.status));
        return;
      }
      signal.removeEventListener("abort", onAbort);
      socket.pause();
      upgraded = new UpgradedSocket(socket, reader.takeRest());
      resolve({ head, socket: upgraded });
    };
    signal.addEventListener("abort", onAbort);
    if (signal.aborted) onAbort();
    socket.open({
      onData(bytes) {
        if (upgraded !== undefined) {
          upgraded.onData(bytes);
          return;
        }
        try {
          reader.feed(bytes);
          const head = finalHead(reader);
          if (head !== undefined) onHead(head);
        } catch (error) {
          fail(new WebSocketHandshakeError("the response is not HTTP/1.1", undefined, { cause: error }));
        }
      },
      onEnd() {
        if (upgraded !== undefined) upgraded.onEnd();
        else fail(new WebSocketHandshakeError("the server ended the connection before it answered"));
      },
      onDrain: () => upgraded?.onDrain(),
      onClose(error) {
        if (upgraded !== undefined) upgraded.onClose(error);
        else fail(error ?? new WebSocketHandshakeError("the connection closed before the server answered"));
      },
    });
    socket.write(request);
  });
}

function finalHead(reader: ResponseReader): ResponseHead | undefined {
  for (let head = reader.readHead("GET"); head !== undefined; head = reader.readHead("GET")) {
    if (head.status === 101 || head.status >= 200) return head;
  }
  return undefined;
}

/** RFC 6455 section 4.1: what makes a response the server's agreement. @returns what is wrong with it */
function refusalOf({ status, minor, headers }: ResponseHead, key: string): string | undefined {
  if (status !== 101) return `the server answered ${status}, wanted 101`;
  if (minor < 1) return "the server answered in HTTP/1.0, wanted 1.1";
  if ((headers.get("upgrade") ?? "").toLowerCase() !== "websocket")
    return "wanted Upgrade: websocket in the response";
  if (!hasToken(headers.get("connection"), "upgrade")) return "wanted Connection: Upgrade in the response";
  if (headers.get("sec-websocket-accept") !== acceptKey(key)) return "Sec-WebSocket-Accept is not the key's";
  return undefined;
}
