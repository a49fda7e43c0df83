import { Exchange } from "../server/exchange.ts";
import type { BodyWriter, HttpRequest } from "../server/types.ts";
import { argumentError, missing } from "./errors.ts";
import type { OutgoingHeaders } from "./outgoing-headers.ts";
import { Buffer } from "./streams.ts";

/** What of a response's head is no field, as it stands when the head is sent. */
export interface Head {
  readonly statusCode: number;
  readonly statusMessage: string | undefined;
  readonly sendDate: boolean;
}

/**
 * How a response leaves over the request's connection: whole, with its length and in one write, or streamed in pieces,
 * which begins with the first of them or with the head alone.
 */
export class Delivery {
  /** What it answers; a response that no server made has none. */
  request: HttpRequest | undefined;
  trailers: [string, string][] = [];
  /** Whether it is to be streamed, although nothing may have left yet. */
  inPieces = false;

  readonly #head: Head;
  readonly #headers: OutgoingHeaders;
  #writer: Promise<BodyWriter> | undefined;
  #whole: Uint8Array | string | undefined;
  #over = false;

  constructor(head: Head, headers: OutgoingHeaders) {
    this.#head = head;
    this.#headers = headers;
  }

  /** Whether all of it was handed to the connection, or is somebody else's to send. */
  get over(): boolean {
    return this.#over;
  }

  /** The whole body, before any piece of it. @throws TypeError `ERR_INVALID_ARG_TYPE` */
  takeWhole(chunk: unknown, encoding: string | undefined): void {
    if (typeof chunk === "string") {
      const isUtf8 = encoding === undefined || /^utf-?8$/i.test(encoding);
      this.#whole = isUtf8 ? chunk : Buffer.from(chunk, encoding);
    } else if (chunk instanceof Uint8Array) this.#whole = chunk;
    else
      throw argumentError(
        "ERR_INVALID_ARG_TYPE",
        `a chunk must be a string or a Uint8Array, got ${typeof chunk}`,
      );
  }

  /** Sends the head. Once, although a piece may come before the head of `flushHeaders` is out. */
  begin(): Promise<BodyWriter> {
    this.inPieces = true;
    this.#writer ??= this.#sendHead();
    return this.#writer;
  }

  async piece(chunk: Uint8Array): Promise<void> {
    const writer = await this.begin();
    await writer.write(chunk);
  }

  async finish(): Promise<void> {
    if (this.inPieces || this.trailers.length > 0) {
      const writer = await this.begin();
      if (this.#whole !== undefined) await writer.write(this.#whole);
      await writer.close(this.trailers);
    } else {
      const request = this.#readied();
      await request.respond(this.#head.statusCode, this.#whole ?? null, this.#headers.lines());
    }
    this.#over = true;
  }

  /** Portico answers instead, while it can. */
  leave(): void {
    this.#over = true;
    if (this.request instanceof Exchange) this.request.reason = undefined;
  }

  /** What is not over takes its connection along, behind the pieces that were handed to it. */
  giveUp(): void {
    if (this.#over) return;
    if (this.request instanceof Exchange) this.request.abort();
    this.request?.client.destroy();
  }

  async #sendHead(): Promise<BodyWriter> {
    return this.#readied().sendHeaders(this.#headers.lines(), this.#head.statusCode);
  }

  /** The request, told what of a head `respond` has no parameter for. */
  #readied(): HttpRequest {
    const { request } = this;
    if (request === undefined) throw missing("a response that no server made");
    if (request instanceof Exchange) {
      request.reason = this.#head.statusMessage;
      request.sendsDate = this.#head.sendDate;
    }
    return request;
  }
}
