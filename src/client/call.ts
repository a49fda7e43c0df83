import type { ResponseHead } from "../http1/response-reader.ts";
import type { ClientConnection } from "./connection.ts";
import type { IncomingBody } from "./incoming-body.ts";
import type { Pool } from "./pool.ts";
import type { OutgoingRequest } from "./request.ts";
import type { WireHead } from "./request-writer.ts";

/** The final head has come, and the body, where the framing has one, as far as it has arrived. */
export interface Answer {
  readonly head: ResponseHead;
  readonly body: IncomingBody | undefined;
}

/** Methods that may be sent again when it is not known whether the server has acted (RFC 9110 section 9.2.2). */
const IDEMPOTENT = /^(GET|HEAD|OPTIONS|PUT|DELETE)$/;

/** One request on its way to its answer, or to the abort of its signal. */
export class Call {
  readonly request: OutgoingRequest;
  readonly wire: WireHead;
  readonly answer: Promise<Answer>;
  readonly #pool: Pool;
  resolve!: (answer: Answer) => void;
  #reject!: (error: unknown) => void;
  /** Whether it may be sent again. */
  readonly repeatable: boolean;
  /** What it was sent on. */
  connection: ClientConnection | undefined;

  constructor(request: OutgoingRequest, wire: WireHead, pool: Pool) {
    const { method, body, signal } = request;
    this.request = request;
    this.wire = wire;
    this.#pool = pool;
    this.repeatable = IDEMPOTENT.test(method) && !body?.once;
    this.answer = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.#reject = reject;
    });
    signal?.addEventListener("abort", this);
    pool.send(this);
  }

  /** The signal was aborted. */
  handleEvent(): void {
    const reason = this.request.signal?.reason;
    this.#pool.forget(this);
    this.connection?.destroy(reason);
    this.fail(reason);
  }

  /** There is no answer. */
  fail(error: unknown): void {
    this.end();
    this.#reject(error);
  }

  /** All of the answer has come, or no more of it will: the signal is listened to no more. */
  end(): void {
    this.request.signal?.removeEventListener("abort", this);
  }
}
