import type { Socket, SocketAddress } from "../socket/index.ts";
import { missing } from "./errors.ts";
import { type Done, Duplex, toBuffer } from "./streams.ts";

/** What a client may take to end its side after ours, before the connection is reset. */
const LINGER_MS = 2_000;
/** Pieces that were corked are joined up to this many bytes. */
const MAX_JOINED = 65_536;

/**
 * `request.socket`. While requests are served on it, it tells where a connection is and whether it lives; its
 * bytes are the server's, and what would read or write them throws an error that names it. From an `upgrade`, a
 * `connect` or a `clientError` on it is the duplex stream that it is in Node.
 */
export class ConnectionSocket extends Duplex {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly remoteFamily: string;
  readonly localAddress: string;
  readonly localPort: number;
  readonly localFamily: string;
  readonly encrypted: true | undefined;
  readonly connecting = false;
  timeout = 0;
  readonly #socket: Socket;
  /** The connection once its bytes are the program's. */
  #taken: Socket | undefined;
  #writing: Done | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lingering: ReturnType<typeof setTimeout> | undefined;
  #activeAt = 0;

  constructor(socket: Socket) {
    super({ allowHalfOpen: true });
    this.#socket = socket;
    this.encrypted = socket.secure === true || undefined;
    ({ address: this.remoteAddress, port: this.remotePort } = socket.remoteAddress);
    ({ address: this.localAddress, port: this.localPort } = socket.localAddress);
    this.remoteFamily = familyOf(socket.remoteAddress);
    this.localFamily = familyOf(socket.localAddress);
  }

  get readyState(): string {
    return this.destroyed ? "closed" : "open";
  }

  /** Whether the bytes are the program's. */
  get taken(): boolean {
    return this.#taken !== undefined;
  }

  address(): { address: string; port: number; family: string } {
    return { address: this.localAddress, port: this.localPort, family: this.localFamily };
  }

  /** The server has handed the connection over: from now on it is a stream. */
  take(connection: Socket): void {
    this.#taken = connection;
    connection.open({
      onData: (bytes) => {
        if (!this.destroyed && !this.push(toBuffer(bytes))) connection.pause();
      },
      onEnd: () => {
        if (!this.destroyed) this.push(null);
      },
      onDrain: () => this.#wrote(),
      onClose: (error) => this.lost(error),
    });
  }

  override destroy(error?: Error): this {
    if (this.#taken !== undefined) return super.destroy(error);
    this.#socket.destroy(error);
    return super.destroy(this.#told(error));
  }

  destroySoon(): void {
    if (this.#taken === undefined) this.#socket.end();
    else if (this.writableFinished) this.destroy();
    else this.end().once("finish", () => this.destroy());
  }

  override end(chunk?: unknown, encoding?: string | Done, done?: Done): this {
    if (this.#taken !== undefined || this.destroyed) return super.end(chunk, encoding, done);
    if (chunk !== undefined && typeof chunk !== "function") throw notWritable();
    this.#socket.end();
    return this;
  }

  /** @throws NodeHttpError while requests are served */
  override write(chunk: unknown, encoding?: string | Done, done?: Done): boolean {
    if (this.#taken === undefined && !this.destroyed) throw notWritable();
    return super.write(chunk, encoding, done);
  }

  /** @throws NodeHttpError while requests are served */
  override read(size?: number): unknown {
    if (this.#taken === undefined) throw missing("socket.read()", "read the request");
    return super.read(size);
  }

  /** @throws NodeHttpError while requests are served */
  override pipe<T extends object>(destination: T, options?: { end?: boolean }): T {
    if (this.#taken === undefined) throw missing("socket.pipe()", "read the request");
    return super.pipe(destination, options);
  }

  override pause(): this {
    return this.#taken === undefined ? this : super.pause();
  }

  override resume(): this {
    return this.#taken === undefined ? this : super.resume();
  }

  /** Emits `"timeout"` after so many milliseconds without a byte, once; 0 ends the wait. */
  setTimeout(ms: number, callback?: () => void): this {
    clearTimeout(this.#timer);
    this.timeout = ms;
    if (callback !== undefined && ms > 0) this.once("timeout", callback);
    if (ms > 0) this.#waitForQuiet(ms);
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  ref(): this {
    this.#socket.ref?.();
    return this;
  }

  unref(): this {
    this.#socket.unref?.();
    return this;
  }

  /** Bytes come or go. */
  touch(): void {
    if (this.#timer !== undefined) this.#activeAt = Date.now();
  }

  /** The connection is gone. */
  lost(error: Error | undefined): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#lingering);
    this.#wrote();
    if (!this.destroyed) super.destroy(this.#told(error));
  }

  /** As `net.Socket` does it, but that an error nobody listens for does not end the program. */
  #told(error: Error | undefined): Error | undefined {
    return this.listenerCount("error") > 0 ? error : undefined;
  }

  override _read(): void {
    this.#taken?.resume();
  }

  override _write(chunk: Uint8Array, _encoding: string, done: Done): void {
    if (this.#taken?.write(chunk) ?? true) done();
    else this.#writing = done;
  }

  /** What was corked together leaves together. */
  _writev(chunks: readonly { readonly chunk: Uint8Array }[], done: Done): void {
    const size = chunks.reduce((sum, { chunk }) => sum + chunk.length, 0);
    const whole = new Uint8Array(Math.min(size, MAX_JOINED));
    let at = 0;
    let ready = true;
    for (const { chunk } of chunks) {
      if (size > MAX_JOINED) ready = this.#taken?.write(chunk) ?? true;
      else {
        whole.set(chunk, at);
        at += chunk.length;
      }
    }
    if (size <= MAX_JOINED) this._write(whole, "", done);
    else if (ready) done();
    else this.#writing = done;
  }

  override _final(done: Done): void {
    this.#taken?.end();
    done();
  }

  /**
   * What was written and ended is still on its way: a reset would overtake it. So the client has a moment to end
   * its side as well.
   */
  override _destroy(error: Error | null, done: Done): void {
    const connection = this.#taken;
    if (connection !== undefined && error === null && this.writableFinished) {
      connection.resume();
      this.#lingering = setTimeout(() => connection.destroy(), LINGER_MS);
    } else {
      (connection ?? this.#socket).destroy(error ?? undefined);
    }
    done(error);
  }

  #wrote(): void {
    const done = this.#writing;
    this.#writing = undefined;
    done?.();
  }

  #waitForQuiet(ms: number): void {
    this.#activeAt = Date.now();
    const look = (): void => {
      const left = this.#activeAt + ms - Date.now();
      if (left > 0) this.#timer = setTimeout(look, left);
      else this.emit("timeout");
    };
    this.#timer = setTimeout(look, ms);
  }
}

const notWritable = () => missing("socket.write()", "write to the response");

/** Node has two families; a virtual address goes by how it is written. */
export function familyOf({ address, family }: SocketAddress): string {
  if (family === "IPv4" || family === "IPv6") return family;
  return address.includes(":") ? "IPv6" : "IPv4";
}
