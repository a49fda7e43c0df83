import { ProtocolError } from "../../../http1/errors.ts";
import { DEFAULT_LIMITS } from "../../../http1/limits.ts";
import { type ResponseHead, ResponseReader } from "../../../http1/response-reader.ts";
import { WHOLE_BYTES } from "../protocol.ts";

/** The one response of a connection, out of octets; a server's mistakes are values here. */
export class AnswerReader {
  readonly #method: string;
  readonly #reader = new ResponseReader(DEFAULT_LIMITS);

  /** @param method the request's */
  constructor(method: string) {
    this.#method = method;
  }

  /** Octets that were fed and not read. */
  get buffered(): number {
    return this.#reader.buffered;
  }

  feed(bytes: Uint8Array): void {
    this.#reader.feed(bytes);
  }

  /** The final head once it is there, interim ones being skipped. `"invalid"`: there will be none to use. */
  head(): ResponseHead | "invalid" | undefined {
    try {
      let head = this.#reader.readHead(this.#method);
      while (head !== undefined && head.status < 200 && head.status !== 101) {
        head = this.#reader.readHead(this.#method);
      }
      // 101 is for those who asked for it, which a fetch can't; a Response has no room for others.
      return head !== undefined && (head.status === 101 || head.status > 599) ? "invalid" : head;
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return "invalid";
    }
  }

  /** All of the body, if it is small and here already; `null` if there is none. */
  whole({ framing }: ResponseHead): ArrayBuffer | null | undefined {
    if (framing === 0) return null;
    if (framing < 0 || framing > WHOLE_BYTES || this.#reader.buffered < framing) return undefined;
    const whole = new Uint8Array(framing);
    let at = 0;
    for (let event = this.#reader.readBody(); event instanceof Uint8Array; event = this.#reader.readBody()) {
      whole.set(event, at);
      at += event.length;
    }
    return whole.buffer;
  }

  /** What is next of the body. `"cut"`: it is not a body any more. */
  next(): Uint8Array | "end" | "need-more" | "cut" {
    try {
      return this.#reader.readBody();
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return "cut";
    }
  }

  /** The server ended its side: whether that is the end of the body too. */
  finish(): boolean {
    return this.#reader.finish();
  }
}
