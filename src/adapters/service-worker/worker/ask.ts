import {
  type AnswerBody,
  type AnswerHead,
  type ProblemCode,
  type ToPage,
  type ToWorker,
  WINDOW_BYTES,
} from "../protocol.ts";
import { Problem } from "./problem.ts";

type Post = (message: ToPage, transfer?: Transferable[]) => void;

/** What the page answered: a head, and a body in whichever way it comes. */
export interface PageAnswer {
  readonly head: AnswerHead;
  readonly body: ArrayBuffer | ReadableStream<Uint8Array> | null;
}

/** The worker's end of one fetch on a link: the answer as it comes, and credit for the request body. */
export class Ask {
  readonly id: number;
  /** Rejects with a `Problem`. */
  readonly answer: Promise<PageAnswer>;
  readonly #post: Post;
  readonly #over: () => void;
  #settle!: { resolve: (answer: PageAnswer) => void; reject: (problem: Problem) => void };
  #stream: ReadableStreamDefaultController<Uint8Array> | undefined;
  /** Bytes that the page may still send. */
  #granted = 0;
  #credit = WINDOW_BYTES;
  #creditWanted: (() => void) | undefined;
  #state: "waiting" | "answered" | "over" = "waiting";

  constructor(id: number, post: Post, over: () => void) {
    this.id = id;
    this.#post = post;
    this.#over = over;
    this.answer = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.answer.catch(() => undefined);
  }

  get over(): boolean {
    return this.#state === "over";
  }

  receive(message: Exclude<ToWorker, { kind: "bye" }>): void {
    switch (message.kind) {
      case "head":
        this.#answered(message.head, message.body);
        break;
      case "refused":
        this.fail(new Problem(message.code));
        break;
      case "chunk":
        this.#granted -= message.bytes.byteLength;
        this.#stream?.enqueue(new Uint8Array(message.bytes));
        break;
      case "end":
        this.#stream?.close();
        this.#end();
        break;
      case "cut":
        this.fail(new Problem("ConnectionLost"));
        break;
      case "pull":
        this.#credit += message.bytes;
        this.#wake();
        break;
    }
  }

  /** There will be no more from the page. */
  fail(problem: Problem): void {
    if (this.#state === "waiting") this.#settle.reject(problem);
    // The browser must not take what came for the whole.
    else if (this.#state === "answered") this.#stream?.error(new TypeError("The response was cut"));
    this.#end();
  }

  /** Nobody wants the answer any more. */
  abort(code: ProblemCode = "ConnectionLost"): void {
    if (this.#state === "over") return;
    this.#post({ kind: "abort", id: this.id });
    this.fail(new Problem(code));
  }

  /** The browser has the response. */
  accepted(): void {
    this.#post({ kind: "accepted", id: this.id });
  }

  /** Sends a part of the request body, when there is room for it. @returns false when nobody wants more */
  async send(bytes: ArrayBuffer): Promise<boolean> {
    while (this.#credit <= 0 && this.#state !== "over") {
      await new Promise<void>((resolve) => {
        this.#creditWanted = resolve;
      });
    }
    if (this.#state === "over") return false;
    this.#credit -= bytes.byteLength;
    this.#post({ kind: "body", id: this.id, bytes }, [bytes]);
    return true;
  }

  bodyEnd(): void {
    if (this.#state !== "over") this.#post({ kind: "body-end", id: this.id });
  }

  #answered(head: AnswerHead, body: AnswerBody): void {
    if (this.#state !== "waiting") return;
    this.#state = "answered";
    this.#settle.resolve({ head, body: body === "stream" ? this.#open() : body });
    if (body !== "stream") this.#end();
  }

  /**
   * Pulled for the first time when the browser reads, so that as long as it does not have the response no byte
   * is on its way, and all of it can be given to a replay.
   */
  #open(): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#stream = controller;
        },
        pull: () => {
          if (this.#granted > 0 || this.#state === "over") return;
          this.#granted += WINDOW_BYTES;
          this.#post({ kind: "pull", id: this.id, bytes: WINDOW_BYTES });
        },
        cancel: () => {
          this.#stream = undefined;
          this.abort();
        },
      },
      { highWaterMark: 0 },
    );
  }

  #end(): void {
    if (this.#state === "over") return;
    this.#state = "over";
    this.#stream = undefined;
    this.#wake();
    this.#over();
  }

  #wake(): void {
    this.#creditWanted?.();
    this.#creditWanted = undefined;
  }
}
