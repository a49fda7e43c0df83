import type { ByteSource } from "./byte-source.ts";
import { ChunkedBody } from "./chunked.ts";
import type { FieldLines } from "./field-lines.ts";
import { CHUNKED, type Framing, UNTIL_CLOSE } from "./framing.ts";
import type { Limits } from "./limits.ts";

/** What reading a body gives: octets of it, its end, or that more has to arrive first. */
export type BodyEvent = Uint8Array | "end" | "need-more";

/** Reads one body by its framing. */
export class BodyReader {
  readonly #chunked: ChunkedBody | undefined;
  readonly #untilClose: boolean;
  #left: number;

  constructor(framing: Framing, limits: Limits) {
    this.#chunked = framing === CHUNKED ? new ChunkedBody(limits) : undefined;
    this.#untilClose = framing === UNTIL_CLOSE;
    this.#left = framing;
  }

  /** @throws ProtocolError for invalid chunks. */
  read(source: ByteSource): BodyEvent {
    if (this.#chunked !== undefined) return this.#chunked.read(source);
    if (this.#untilClose) return source.take(Number.MAX_SAFE_INTEGER) ?? "need-more";
    if (this.#left === 0) return "end";
    const data = source.take(this.#left);
    if (data === undefined) return "need-more";
    this.#left -= data.length;
    return data;
  }

  get trailers(): FieldLines | undefined {
    return this.#chunked?.trailers;
  }

  /** Whether the peer's close is the end of this body and not a cut. */
  get endsAtClose(): boolean {
    return this.#untilClose;
  }
}
