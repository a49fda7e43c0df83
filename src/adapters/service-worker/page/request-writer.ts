import type { HttpHeaders } from "../../../http1/headers.ts";
import type { Socket } from "../../../socket/index.ts";
import type { FirstBytes } from "../protocol.ts";

/** Bytes of a body that are kept to tell one replayed request from another. */
const KEPT_BYTES = 16_384;

/** How a request body is delimited. `undefined`: there is none. */
type Framing = "length" | "chunked" | undefined;

/**
 * One request onto a socket. A body that is whole from the start is sent by its length, everything else
 * chunked. What arrives again from its beginning (a replay) is skipped up to where the first one came.
 */
export class RequestWriter {
  readonly #framing: Framing;
  readonly #first: FirstBytes | null;
  readonly #kept: Uint8Array[] = [];
  #keptBytes = 0;
  /** What waits for the socket; `undefined` once there is one. */
  #queue: Uint8Array[] | undefined;
  #socket: Socket | undefined;
  /** Bytes of the body that the present fetch gave, and that all of them together gave. */
  #arrived = 0;
  #taken = 0;
  #ended = false;
  /** Credit that is given back when the socket has drained. */
  #owed = 0;

  constructor(method: string, target: string, headers: HttpHeaders, body: FirstBytes | null) {
    this.#first = body;
    this.#framing = body === null ? undefined : body.whole ? "length" : "chunked";
    if (this.#framing === "length") headers.set("Content-Length", String(body?.bytes.byteLength));
    else if (this.#framing === "chunked") headers.set("Transfer-Encoding", "chunked");
    else if (method !== "GET" && method !== "HEAD") headers.set("Content-Length", "0");
    headers.set("Connection", "close");
    let text = `${method} ${target} HTTP/1.1\r\n`;
    for (const [name, value] of headers.lines()) text += `${name}: ${value}\r\n`;
    this.#queue = [latin1(`${text}\r\n`)];
    this.restart(body);
  }

  /** Whether all of the request is with the socket. */
  get complete(): boolean {
    return this.#socket !== undefined && (this.#framing === undefined || this.#ended);
  }

  /** The socket is there: what waited goes out. @returns the bytes that the sender may send on top */
  begin(socket: Socket): number {
    this.#socket = socket;
    const queue = this.#queue ?? [];
    this.#queue = undefined;
    return socket.write(join(queue), true) ? this.drained() : 0;
  }

  /** A chunk of the body. @returns the bytes that the sender may send in its place */
  write(bytes: Uint8Array): number {
    const known = Math.max(0, Math.min(bytes.length, this.#taken - this.#arrived));
    this.#arrived += bytes.length;
    if (known < bytes.length && !this.#send(bytes.subarray(known))) {
      this.#owed += bytes.length;
      return 0;
    }
    return bytes.length;
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#framing === "chunked") this.#put(encoder.encode("0\r\n\r\n"));
  }

  /** The socket can take more. @returns the bytes that the sender may send */
  drained(): number {
    const owed = this.#owed;
    this.#owed = 0;
    return owed;
  }

  /** The body comes from its beginning, for the first time or again: what is known of it is skipped. */
  restart(body: FirstBytes | null): void {
    this.#owed = 0;
    this.#arrived = 0;
    if (body === null) return;
    this.write(new Uint8Array(body.bytes));
    this.#owed = 0;
    if (body.whole) this.end();
  }

  /** Whether a body that begins like this can be the one that this request has. */
  matches(body: FirstBytes | null): boolean {
    if (body === null || this.#first === null) return body === this.#first;
    const given = new Uint8Array(body.bytes);
    if (body.whole && given.length < this.#taken) return false;
    if (this.#ended && given.length > this.#taken) return false;
    let at = 0;
    for (const piece of this.#kept) {
      for (const byte of piece) {
        if (at === given.length) return true;
        if (given[at++] !== byte) return false;
      }
    }
    return true;
  }

  #keep(bytes: Uint8Array): void {
    const room = KEPT_BYTES - this.#keptBytes;
    if (room <= 0 || bytes.length === 0) return;
    const piece = bytes.slice(0, room);
    this.#kept.push(piece);
    this.#keptBytes += piece.length;
  }

  /** @returns whether the socket can take more */
  #send(bytes: Uint8Array): boolean {
    this.#keep(bytes);
    this.#taken += bytes.length;
    if (this.#framing !== "chunked") return this.#put(bytes);
    this.#put(encoder.encode(`${bytes.length.toString(16)}\r\n`));
    this.#put(bytes);
    return this.#put(encoder.encode("\r\n"));
  }

  #put(bytes: Uint8Array): boolean {
    if (this.#socket !== undefined) return this.#socket.write(bytes, true);
    this.#queue?.push(bytes);
    return false;
  }
}

const encoder = new TextEncoder();

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}

/** One octet a char: field values are octets, not UTF-8. */
function latin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
