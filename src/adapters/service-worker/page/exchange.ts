import type { ResponseHead } from "../../../http1/response-reader.ts";
import type { Clock, Network, Socket, SocketEvents } from "../../../socket/index.ts";
import {
  type AnswerBody,
  type AnswerHead,
  type FirstBytes,
  type ProblemCode,
  WHOLE_BYTES,
} from "../protocol.ts";
import { AnswerReader } from "./answer-reader.ts";
import { Insertion, inserted } from "./insert.ts";
import { type Outlet, ownBuffer } from "./outlet.ts";
import type { RequestWriter } from "./request-writer.ts";

/** What an exchange needs to know of its bridge. */
export interface ExchangeHost {
  readonly network: Network;
  readonly clock: Clock;
  readonly connectMs: number;
  /** The head as the browser gets it, cookies taken out of it: a promise when they have to be stored first. */
  translate(head: ResponseHead): AnswerHead | Promise<AnswerHead>;
  /** Markup that goes into the body. */
  insert?(head: ResponseHead): Uint8Array | undefined;
  /** Bytes of the body are on their way to the worker. */
  passed?(bytes: Uint8Array): void;
  /** It has ended: with its answer or without, or because whoever asked has gone. */
  ended(how: "over" | "left"): void;
}

/**
 * One request to a virtual server, over a connection of its own, and the way of its answer to the worker.
 *
 * | phase | means | ends with |
 * |---|---|---|
 * | `asking` | the request is on its way, no head yet | a head: `heading`; none: `answered` by a refusal |
 * | `heading` | the head is being translated | `answered` |
 * | `answered` | the head is with the worker, no byte of a stream is: it can be given again | a pull: `flowing`; acceptance of an answer without a stream: `over` |
 * | `flowing` | the body is on its way: what is lost is lost | its end or a cut: `over` |
 *
 * While `asking`, `heading` or `answered` it survives its worker: `detach`, then `attach` with another outlet.
 */
type Phase = "asking" | "heading" | "answered" | "flowing" | "over";

type Answer = { readonly head: AnswerHead; readonly body: AnswerBody } | { readonly refused: ProblemCode };

export class Exchange implements SocketEvents {
  readonly #host: ExchangeHost;
  readonly #writer: RequestWriter;
  readonly #reader: AnswerReader;
  readonly #giveUp = new AbortController();
  #phase: Phase = "asking";
  #outlet: Outlet | undefined;
  #socket: Socket | undefined;
  #answer: Answer | undefined;
  #markup: Uint8Array | undefined;
  /** The markup's way into a body that is streamed. */
  #insertion: Insertion | undefined;
  #credit = 0;
  #server: "open" | "ended" | "lost" = "open";

  constructor(host: ExchangeHost, method: string, writer: RequestWriter) {
    this.#host = host;
    this.#reader = new AnswerReader(method);
    this.#writer = writer;
  }

  /** Connects and sends. Never rejects: what goes wrong is an answer. */
  async start(port: number, outlet: Outlet): Promise<void> {
    this.#outlet = outlet;
    const { network, clock, connectMs } = this.#host;
    const timer = clock.setTimeout(() => this.#giveUp.abort(), connectMs);
    try {
      const socket = await network.connect({ host: "localhost", port, signal: this.#giveUp.signal });
      if (this.#phase === "over") {
        socket.destroy();
        return;
      }
      this.#socket = socket;
      socket.open(this);
      this.#outlet?.pull(this.#writer.begin(socket));
    } catch {
      this.#refuse("ServerGone");
    } finally {
      clock.clearTimeout(timer);
    }
  }

  // What the worker says.

  /** The worker died before the browser had the answer: the same fetch may come again. False when it can't. */
  detach(): boolean {
    this.#outlet = undefined;
    if (this.#phase !== "flowing" && this.#phase !== "over") return true;
    this.#drop("over");
    return false;
  }

  /** The same fetch came again. */
  attach(outlet: Outlet, body: FirstBytes | null): void {
    this.#outlet = outlet;
    this.#writer.restart(body);
    if (this.#answer !== undefined) this.#give(this.#answer);
  }

  /** Whether a fetch with such a body can be this one. */
  matches(body: FirstBytes | null): boolean {
    return this.#writer.matches(body);
  }

  /** The browser has the answer: it is not needed again. */
  accepted(): void {
    const streamed = this.#answer && "body" in this.#answer && this.#answer.body === "stream";
    if (this.#phase === "answered" && !streamed) this.#finish();
  }

  pull(bytes: number): void {
    this.#credit += bytes;
    if (this.#phase === "answered") this.#phase = "flowing";
    if (this.#phase === "flowing") this.#pump();
  }

  body(bytes: ArrayBuffer): void {
    if (this.#phase === "over") return;
    const credit = this.#writer.write(new Uint8Array(bytes));
    if (credit > 0) this.#outlet?.pull(credit);
  }

  bodyEnd(): void {
    if (this.#phase !== "over") this.#writer.end();
  }

  /** Nobody waits for the answer any more: the server sees its client go away. */
  abort(): void {
    this.#drop("left");
  }

  #drop(how: "over" | "left"): void {
    if (this.#phase === "over") return;
    this.#phase = "over";
    this.#giveUp.abort();
    this.#socket?.destroy();
    this.#host.ended(how);
  }

  // What the socket says.

  onData(bytes: Uint8Array): void {
    if (this.#phase === "over") return;
    this.#reader.feed(bytes);
    if (this.#phase === "asking") this.#readHead();
    else if (this.#phase === "flowing") this.#pump();
    if (this.#phase !== "asking" && this.#reader.buffered > WHOLE_BYTES) this.#socket?.pause();
  }

  onEnd(): void {
    if (this.#server === "open") this.#server = "ended";
    if (this.#phase === "asking") this.#refuse("ConnectionLost");
    else if (this.#phase === "flowing") this.#pump();
  }

  onDrain(): void {
    const credit = this.#writer.drained();
    if (credit > 0) this.#outlet?.pull(credit);
  }

  onClose(error?: Error): void {
    if (error !== undefined || this.#server === "open") this.#server = "lost";
    if (this.#phase === "asking") this.#refuse("ConnectionLost");
    else if (this.#phase === "flowing") this.#pump();
  }

  // How it goes on.

  #readHead(): void {
    const head = this.#reader.head();
    if (head === "invalid") this.#refuse("InvalidResponse");
    else if (head !== undefined) this.#translate(head);
  }

  #translate(head: ResponseHead): void {
    this.#phase = "heading";
    this.#markup = this.#host.insert?.(head);
    const translated = this.#host.translate(head);
    if (!(translated instanceof Promise)) {
      this.#answered(head, translated);
      return;
    }
    translated.then(
      (answer) => this.#answered(head, answer),
      () => this.#refuse("InvalidResponse"),
    );
  }

  #answered(head: ResponseHead, translated: AnswerHead): void {
    if (this.#phase !== "heading") return;
    this.#phase = "answered";
    const whole = this.#reader.whole(head);
    if (whole instanceof ArrayBuffer) this.#host.passed?.(new Uint8Array(whole));
    const body: AnswerBody =
      whole instanceof ArrayBuffer
        ? ownBuffer(this.#markup ? inserted(new Uint8Array(whole), this.#markup) : new Uint8Array(whole))
        : whole === null
          ? null
          : "stream";
    if (body !== "stream") this.#release();
    else this.#insertion = this.#markup && new Insertion(this.#markup);
    this.#answer = { head: translated, body };
    this.#give(this.#answer);
  }

  /** Sends what there is of the body, as far as credit goes. */
  #pump(): void {
    while (this.#credit > 0 && this.#phase === "flowing") {
      const event = this.#reader.next();
      if (event === "end") {
        this.#whole();
        return;
      }
      if (event === "need-more") {
        if (this.#server === "open") this.#socket?.resume();
        else this.#serverGone();
        return;
      }
      if (event === "cut") {
        this.#cut();
        return;
      }
      this.#credit -= event.length;
      this.#host.passed?.(event);
      this.#chunk(this.#insertion?.feed(event) ?? event);
    }
  }

  #chunk(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#outlet?.chunk(ownBuffer(bytes));
  }

  #whole(): void {
    if (this.#insertion) this.#chunk(this.#insertion.end());
    this.#release();
    this.#outlet?.end();
    this.#finish();
  }

  /** There will be no more bytes: the end of a body that ends so, and a cut of any other. */
  #serverGone(): void {
    if (this.#server === "lost" || !this.#reader.finish()) {
      this.#cut();
      return;
    }
    this.#whole();
  }

  #cut(): void {
    this.#outlet?.cut();
    this.#socket?.destroy();
    this.#finish();
  }

  #refuse(code: ProblemCode): void {
    if (this.#phase !== "asking" && this.#phase !== "heading") return;
    this.#phase = "answered";
    this.#socket?.destroy();
    this.#answer = { refused: code };
    this.#give(this.#answer);
  }

  #give(answer: Answer): void {
    if ("refused" in answer) this.#outlet?.refused(answer.refused);
    else this.#outlet?.head(answer.head, answer.body);
  }

  /** The response is whole. A request that the server did not want all of is cut, not waited for. */
  #release(): void {
    const socket = this.#socket;
    if (!this.#writer.complete) socket?.destroy();
    socket?.end();
    socket?.resume();
  }

  #finish(): void {
    if (this.#phase === "over") return;
    this.#phase = "over";
    this.#host.ended("over");
  }
}
