/**
 * One connection on which a request, or whatever bytes somebody typed, is sent and everything is read that comes
 * back. It reads with Portico's own response reader and keeps the raw bytes beside it.
 */
import { ProtocolError } from "../../src/http1/errors.ts";
import { HttpHeaders } from "../../src/http1/headers.ts";
import { DEFAULT_LIMITS } from "../../src/http1/limits.ts";
import { RequestReader } from "../../src/http1/request-reader.ts";
import { type ResponseHead, ResponseReader } from "../../src/http1/response-reader.ts";
import type { Network, Socket } from "../../src/socket/index.ts";

/** Bytes of a response that are kept to be shown; what is more is counted. */
const MAX_KEPT = 16 * 1024 * 1024;

export interface Reply {
  readonly head: ResponseHead;
  readonly body: Uint8Array[];
  bodyBytes: number;
  trailers: readonly (readonly [string, string])[];
  complete: boolean;
}

export type ExchangeState =
  | "connecting"
  | "waiting"
  | "receiving"
  | "done"
  | "upgraded"
  | "closed"
  | "failed";

export class Exchange {
  /** Every response but the interim ones, in order. */
  readonly replies: Reply[] = [];
  readonly interim: ResponseHead[] = [];
  readonly raw: Uint8Array[] = [];
  rawBytes = 0;
  state: ExchangeState = "connecting";
  /** Why it failed, or what is wrong with the response. */
  problem: string | undefined;
  readonly startedAt = performance.now();
  firstByteMs: number | undefined;
  endedMs: number | undefined;

  readonly #onChange: () => void;
  readonly #reader = new ResponseReader(DEFAULT_LIMITS);
  readonly #methods: string[];
  #socket: Socket | undefined;
  readonly #abort = new AbortController();

  constructor(bytes: Uint8Array, onChange: () => void) {
    this.#onChange = onChange;
    this.#methods = methodsIn(bytes);
  }

  static send(network: Network, port: number, bytes: Uint8Array, onChange: () => void): Exchange {
    const exchange = new Exchange(bytes, onChange);
    void exchange.#run(network, port, bytes);
    return exchange;
  }

  get over(): boolean {
    return this.endedMs !== undefined;
  }

  /** Ends the connection from this side. */
  hangUp(): void {
    if (this.over) return;
    this.#abort.abort();
    this.#socket?.destroy();
    this.#finish(this.state === "upgraded" ? "closed" : "failed", "hung up");
  }

  async #run(network: Network, port: number, bytes: Uint8Array): Promise<void> {
    try {
      const { signal } = this.#abort;
      const socket = await network.connect({ host: "localhost", port, signal });
      this.#socket = socket;
      if (this.over) return socket.destroy();
      this.state = "waiting";
      socket.open({
        onData: (data) => this.#onData(data),
        onEnd: () => this.#onEnd(),
        onDrain: () => {},
        onClose: (error) => this.#finish("failed", `the connection was reset (${codeOf(error)})`),
      });
      socket.write(bytes.slice());
      this.#onChange();
    } catch (error) {
      this.#finish("failed", `could not connect to port ${port} (${codeOf(error)})`);
    }
  }

  #onData(data: Uint8Array): void {
    this.firstByteMs ??= performance.now() - this.startedAt;
    this.rawBytes += data.length;
    if (this.rawBytes <= MAX_KEPT) this.raw.push(data.slice());
    if (this.over) return;
    if (this.state !== "upgraded") {
      this.state = "receiving";
      try {
        this.#reader.feed(data.slice());
        this.#read();
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        this.#finish("failed", `this is not a valid response: ${error.message} (${error.code})`);
        this.#socket?.destroy();
      }
    }
    this.#onChange();
  }

  #read(): void {
    for (;;) {
      const reply = this.replies.at(-1);
      if (reply && !reply.complete) {
        if (!this.#readBody(reply)) return;
        if (this.replies.length >= this.#methods.length) return this.#complete();
      }
      const head = this.#reader.readHead(this.#methods[this.replies.length] ?? "GET");
      if (!head) return;
      if (head.status === 101) {
        this.replies.push(newReply(head, true));
        this.state = "upgraded";
        return;
      }
      if (head.status < 200) this.interim.push(head);
      else this.replies.push(newReply(head, false));
    }
  }

  /** @returns whether the body is complete. */
  #readBody(reply: Reply): boolean {
    for (;;) {
      const event = this.#reader.readBody();
      if (event === "need-more") return false;
      if (event === "end") break;
      reply.bodyBytes += event.length;
      if (reply.bodyBytes <= MAX_KEPT) reply.body.push(event);
    }
    reply.trailers = trailersOf(this.#reader);
    reply.complete = true;
    return true;
  }

  #complete(): void {
    this.#socket?.end();
    this.#finish("done");
  }

  #onEnd(): void {
    this.#socket?.end();
    if (this.over) return;
    if (this.state === "upgraded") return this.#finish("closed");
    const last = this.replies.at(-1);
    const whole = this.#reader.finish();
    if (whole && last) last.complete = true;
    if (this.replies.length === 0)
      this.#finish("failed", "the server closed the connection without an answer");
    else if (whole) this.#finish("done");
    else this.#finish("failed", "the connection closed in the middle of the response");
  }

  #finish(state: ExchangeState, problem?: string): void {
    if (this.over) return;
    this.state = state;
    this.problem = problem;
    this.endedMs = performance.now() - this.startedAt;
    this.#onChange();
  }
}

function newReply(head: ResponseHead, complete: boolean): Reply {
  return { head, body: [], bodyBytes: 0, trailers: [], complete };
}

function trailersOf(reader: ResponseReader): readonly (readonly [string, string])[] {
  const { trailers } = reader;
  return trailers ? [...HttpHeaders.fromLines(trailers)] : [];
}

/** The methods of the requests in what is sent, as far as they can be told: they decide how answers end. */
function methodsIn(bytes: Uint8Array): string[] {
  const reader = new RequestReader(DEFAULT_LIMITS);
  reader.feed(bytes.slice());
  const methods: string[] = [];
  try {
    for (let head = reader.readHead(); head; head = reader.readHead()) {
      methods.push(head.method);
      let event = reader.readBody();
      while (typeof event !== "string") event = reader.readBody();
      if (event === "need-more") break;
    }
  } catch {
    methods.push("GET"); // whatever it is, the server may answer it, and then closes
  }
  return methods.length > 0 ? methods : ["GET"];
}

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === "string" ? code : "closed";
}
