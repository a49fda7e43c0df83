import { isWireCloseCode, NO_STATUS } from "./close-codes.ts";
import { WebSocketProtocolError } from "./errors.ts";
import { FrameHeader, type Role } from "./frame-header.ts";
import { mask } from "./masking.ts";
import { decodeText, MessageParts } from "./message-parts.ts";
import { CLOSE, isControl, MAX_CONTROL_PAYLOAD, PING, TEXT } from "./opcodes.ts";

/**
 * What a peer said: a whole message, or a control frame. `data` of bytes is the receiver's; that of a binary
 * message may be a view of the chunk that it came in.
 */
export type Incoming =
  | { readonly type: "text"; readonly data: string }
  | { readonly type: "binary"; readonly data: Uint8Array }
  | { readonly type: "ping" | "pong"; readonly data: Uint8Array<ArrayBuffer> }
  | { readonly type: "close"; readonly code: number; readonly reason: string };

/** Undoes permessage-deflate: each call hands inflated pieces to `sink`, which may throw to end it. */
export interface MessageInflater {
  push(piece: Uint8Array, sink: (inflated: Uint8Array) => void): void;
  end(sink: (inflated: Uint8Array) => void): void;
}

export interface MessageReaderOptions {
  readonly role: Role;
  /** Bytes of a frame's payload on the wire, at most. */
  readonly maxFrameBytes: number;
  /** Bytes of a message, inflated, at most. */
  readonly maxMessageBytes: number;
  /** Set when permessage-deflate was negotiated. */
  readonly inflater?: MessageInflater | undefined;
}

/**
 * Bytes in, messages out; no socket, no timer.
 *
 * Strategy: `push` gives it a chunk, which is its own from then on (it is unmasked in place). `next` goes on
 * until a message or a control frame is whole, and "need more" is `undefined`. A frame that lies whole in its
 * chunk is seen where it is; one that spans chunks is kept as pieces and joined once.
 * The first fault throws, and after it every call throws the same error.
 */
export class MessageReader {
  readonly #header: FrameHeader;
  readonly #options: MessageReaderOptions;
  readonly #parts: MessageParts;
  readonly #addPart: (piece: Uint8Array) => void;
  readonly #control = new Uint8Array(MAX_CONTROL_PAYLOAD);
  #controlLength = 0;
  #isText = false;
  #isCompressed = false;
  /** Octets of the current frame's payload that were read; undefined while its header is incomplete. */
  #payloadRead: number | undefined;
  #chunk: Uint8Array | undefined;
  #at = 0;
  /** Chunks that were pushed while one was being read. */
  #later: Uint8Array[] = [];
  #fault: unknown;

  constructor(options: MessageReaderOptions) {
    this.#options = options;
    this.#header = new FrameHeader(options.role, options.inflater !== undefined);
    this.#parts = new MessageParts(options.maxMessageBytes);
    this.#addPart = (piece) => this.#parts.add(piece);
  }

  /** Gives it bytes, which must not be touched afterwards. */
  push(chunk: Uint8Array): void {
    if (this.#chunk !== undefined) {
      this.#later.push(chunk);
      return;
    }
    this.#chunk = chunk;
    this.#at = 0;
  }

  /**
   * The next thing that is whole, or undefined until more was pushed.
   * @throws WebSocketProtocolError
   */
  next(): Incoming | undefined {
    if (this.#fault !== undefined) throw this.#fault;
    try {
      while (this.#chunk !== undefined) {
        const incoming = this.#step(this.#chunk);
        if (this.#chunk.length === this.#at) {
          this.#chunk = this.#later.shift();
          this.#at = 0;
        }
        if (incoming !== undefined) return incoming;
      }
      return undefined;
    } catch (error) {
      this.#fault = error;
      throw error;
    }
  }

  /** Reads to the end of a frame or of the chunk, whichever is first. */
  #step(chunk: Uint8Array): Incoming | undefined {
    const header = this.#header;
    if (this.#payloadRead === undefined) {
      this.#at = header.read(chunk, this.#at);
      if (!header.complete) return undefined;
      this.#beginFrame();
      this.#payloadRead = 0;
    }
    const before = this.#payloadRead;
    const from = this.#at;
    const to = Math.min(chunk.length, from + header.length - before);
    this.#at = to;
    this.#payloadRead = before + to - from;
    const frameEnds = this.#payloadRead === header.length;
    if (frameEnds) {
      this.#payloadRead = undefined;
      header.reset();
    }
    if (isControl(header.opcode)) return this.#readControl(chunk, from, to, before, frameEnds);
    return this.#readData(chunk, from, to, before, frameEnds && header.fin);
  }

  /** Checks what a header says against the limits, before any octet of the payload is waited for. */
  #beginFrame(): void {
    const { opcode, length, fin, compressed } = this.#header;
    if (isControl(opcode)) {
      this.#controlLength = 0;
      return;
    }
    if (length > this.#options.maxFrameBytes) throw new WebSocketProtocolError("FrameTooLarge");
    if (!this.#header.inMessage) {
      this.#isText = opcode === TEXT;
      this.#isCompressed = compressed;
      this.#parts.begin(this.#isText);
    }
    this.#header.inMessage = !fin;
    if (!this.#isCompressed && this.#parts.length + length > this.#options.maxMessageBytes) {
      throw new WebSocketProtocolError("MessageTooLarge");
    }
  }

  #readData(chunk: Uint8Array, from: number, to: number, phase: number, ends: boolean): Incoming | undefined {
    const { masked, key } = this.#header;
    if (this.#isCompressed) {
      if (masked) mask(chunk, from, to, key, phase);
      const { inflater } = this.#options;
      inflater!.push(chunk.subarray(from, to), this.#addPart);
      if (!ends) return undefined;
      inflater!.end(this.#addPart);
    } else if (ends && phase === 0 && this.#parts.length === 0) {
      return this.#wholeInChunk(chunk, from, to);
    } else {
      if (masked) mask(chunk, from, to, key, phase);
      if (to > from) this.#parts.add(chunk.subarray(from, to));
      if (!ends) return undefined;
    }
    return this.#isText
      ? { type: "text", data: this.#parts.takeText() }
      : { type: "binary", data: this.#parts.takeBytes() };
  }

  /** The common case: nothing was kept of this message, and all of its payload is here. */
  #wholeInChunk(chunk: Uint8Array, from: number, to: number): Incoming {
    const { masked, key } = this.#header;
    if (masked) mask(chunk, from, to, key);
    if (this.#isText) return { type: "text", data: to === from ? "" : decodeText(chunk.subarray(from, to)) };
    return { type: "binary", data: chunk.subarray(from, to) };
  }

  #readControl(
    chunk: Uint8Array,
    from: number,
    to: number,
    phase: number,
    ends: boolean,
  ): Incoming | undefined {
    const { masked, key, opcode } = this.#header;
    if (masked) mask(chunk, from, to, key, phase);
    this.#control.set(chunk.subarray(from, to), this.#controlLength);
    this.#controlLength += to - from;
    if (opcode === CLOSE && phase < 2 && this.#controlLength >= 2) this.#checkCloseCode();
    if (!ends) return undefined;
    if (opcode !== CLOSE) {
      return { type: opcode === PING ? "ping" : "pong", data: this.#control.slice(0, this.#controlLength) };
    }
    if (this.#controlLength === 0) return { type: "close", code: NO_STATUS, reason: "" };
    const reason = decodeText(this.#control.subarray(2, this.#controlLength));
    return { type: "close", code: this.#closeCode(), reason };
  }

  #checkCloseCode(): void {
    if (!isWireCloseCode(this.#closeCode())) throw new WebSocketProtocolError("InvalidCloseCode");
  }

  #closeCode(): number {
    return this.#control[0]! * 256 + this.#control[1]!;
  }
}
