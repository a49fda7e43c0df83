import type { ProtocolError } from "../http1/errors.ts";
import { HttpHeaders } from "../http1/headers.ts";
import { DEFAULT_LIMITS } from "../http1/limits.ts";
import { concat } from "../http1/octets.ts";
import { RequestReader } from "../http1/request-reader.ts";
import { type ResponseHead, ResponseReader } from "../http1/response-reader.ts";

/** One response among raw bytes. */
export interface RawResponse {
  readonly status: number;
  readonly reason: string;
  readonly headers: HttpHeaders;
  /** The content as sent, without its transfer coding and with its content coding. */
  readonly body: Uint8Array;
  readonly trailers: HttpHeaders;
  /** Whether it came to its end. */
  readonly complete: boolean;
}

/** The methods of whole requests among raw bytes, and whether the bytes are such requests and nothing else. */
export function requestsIn(bytes: Uint8Array): { methods: string[]; whole: boolean } {
  const methods: string[] = [];
  const reader = new RequestReader(DEFAULT_LIMITS);
  reader.feed(bytes);
  try {
    for (;;) {
      const head = reader.readHead();
      if (head === undefined) return { methods, whole: methods.length > 0 && reader.buffered === 0 };
      methods.push(head.method);
      for (let event = reader.readBody(); event !== "end"; event = reader.readBody()) {
        if (event === "need-more") return { methods, whole: false };
      }
    }
  } catch {
    return { methods, whole: false };
  }
}

/** Reads the responses to known methods out of raw bytes as they come. */
export class RawResponses {
  readonly #reader = new ResponseReader(DEFAULT_LIMITS);
  readonly #methods: readonly string[];
  readonly #responses: RawResponse[] = [];
  #answered = 0;
  #head: ResponseHead | undefined;
  #body: Uint8Array[] = [];
  #upgraded = false;
  /** Why the bytes are no responses from some point on. */
  error: ProtocolError | undefined;

  constructor(methods: readonly string[]) {
    this.#methods = methods;
  }

  /** Final responses that are complete. */
  get answered(): number {
    return this.#answered;
  }

  /** All so far, interim ones too; the last may be incomplete. */
  get all(): RawResponse[] {
    return this.#head === undefined ? this.#responses : [...this.#responses, this.#response(false)];
  }

  feed(bytes: Uint8Array): void {
    this.#reader.feed(bytes);
    try {
      while (!this.#upgraded && this.error === undefined && this.#advance());
    } catch (error) {
      this.error = error as ProtocolError;
    }
  }

  /** The server ended its side. */
  finish(): void {
    if (this.#head !== undefined && this.error === undefined && this.#reader.finish()) this.#complete();
  }

  /** One step; false when more bytes are needed. */
  #advance(): boolean {
    if (this.#head === undefined) {
      this.#head = this.#reader.readHead(this.#methods[this.#answered] ?? "GET");
      return this.#head !== undefined;
    }
    const event = this.#reader.readBody();
    if (event === "need-more") return false;
    if (event === "end") this.#complete();
    else this.#body.push(event);
    return true;
  }

  #complete(): void {
    const response = this.#response(true);
    this.#responses.push(response);
    this.#head = undefined;
    this.#body = [];
    this.#upgraded = response.status === 101;
    if (response.status >= 200 || this.#upgraded) this.#answered++;
  }

  #response(complete: boolean): RawResponse {
    const { status, reason, headers } = this.#head as ResponseHead;
    const lines = complete ? this.#reader.trailers : undefined;
    const trailers = HttpHeaders.fromLines(lines);
    return { status, reason, headers, body: concat(this.#body), trailers, complete };
  }
}
