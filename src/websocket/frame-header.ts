import { WebSocketProtocolError } from "./errors.ts";
import { CLOSE, CONTINUATION, isControl, MAX_CONTROL_PAYLOAD, PONG } from "./opcodes.ts";

/** Which end of the connection reads: a server gets masked frames, a client gets unmasked ones. */
export type Role = "server" | "client";

/**
 * The header of a frame (RFC 6455 section 5.2), read octet by octet, so that it can arrive in any pieces and a
 * fault is found at the octet that has it. One object serves every frame of a connection: its fields are valid
 * between `complete` and the next `reset`.
 */
export class FrameHeader {
  fin = false;
  /** RSV1, which permessage-deflate gives its meaning. */
  compressed = false;
  opcode = 0;
  length = 0;
  masked = false;
  readonly key = new Uint8Array(4);

  /** Whether a data message is open, so that the next data frame must continue it. Kept by the reader. */
  inMessage = false;

  readonly #masked: boolean;
  readonly #compression: boolean;
  #have = 0;
  /** Octets of the header as far as is known: 2 until the second one is here. */
  #need = 2;
  /** Octets of the extended length: 0, 2 or 8. */
  #lengthOctets = 0;

  constructor(role: Role, compression: boolean) {
    this.#masked = role === "server";
    this.#compression = compression;
  }

  get complete(): boolean {
    return this.#have === this.#need;
  }

  reset(): void {
    this.#have = 0;
    this.#need = 2;
  }

  /**
   * Takes what belongs to the header from `chunk[at]` on.
   * @returns where it stopped: after the header, or at the chunk's end.
   * @throws WebSocketProtocolError
   */
  read(chunk: Uint8Array, at: number): number {
    let position = at;
    while (this.#have < this.#need && position < chunk.length) {
      const octet = chunk[position++]!;
      const index = this.#have++;
      if (index === 0) this.#first(octet);
      else if (index === 1) this.#second(octet);
      else if (index < 2 + this.#lengthOctets) this.#extended(octet, index - 2);
      else this.key[index - 2 - this.#lengthOctets] = octet;
    }
    return position;
  }

  #first(octet: number): void {
    const opcode = octet & 0x0f;
    this.fin = (octet & 0x80) !== 0;
    this.compressed = (octet & 0x40) !== 0;
    this.opcode = opcode;
    if ((opcode > 2 && opcode < CLOSE) || opcode > PONG) throw new WebSocketProtocolError("InvalidOpcode");
    if ((octet & 0x30) !== 0) throw new WebSocketProtocolError("ReservedBits");
    // RFC 7692 section 6.1: only the first frame of a data message may say "compressed".
    if (this.compressed && (!this.#compression || isControl(opcode) || opcode === CONTINUATION)) {
      throw new WebSocketProtocolError("ReservedBits");
    }
    if (isControl(opcode)) {
      if (!this.fin) throw new WebSocketProtocolError("FragmentedControlFrame");
    } else if (opcode === CONTINUATION) {
      if (!this.inMessage) throw new WebSocketProtocolError("UnexpectedContinuation");
    } else if (this.inMessage) {
      throw new WebSocketProtocolError("ExpectedContinuation");
    }
  }

  #second(octet: number): void {
    const length = octet & 0x7f;
    this.masked = (octet & 0x80) !== 0;
    if (this.masked !== this.#masked) {
      throw new WebSocketProtocolError(this.masked ? "UnexpectedMask" : "MissingMask");
    }
    if (isControl(this.opcode)) {
      if (length > MAX_CONTROL_PAYLOAD) throw new WebSocketProtocolError("ControlFrameTooLong");
      if (this.opcode === CLOSE && length === 1) throw new WebSocketProtocolError("InvalidClosePayload");
    }
    this.#lengthOctets = length === 126 ? 2 : length === 127 ? 8 : 0;
    this.length = this.#lengthOctets === 0 ? length : 0;
    this.#need = 2 + this.#lengthOctets + (this.masked ? 4 : 0);
  }

  /** Section 5.2: network byte order, the most significant bit of 64 is 0, and the shortest form is used. */
  #extended(octet: number, index: number): void {
    if (this.#lengthOctets === 8 && index === 0 && octet > 0x7f) {
      throw new WebSocketProtocolError("InvalidLength");
    }
    // Above 2^53 this rounds, which no comparison with a limit can tell.
    this.length = this.length * 256 + octet;
    if (index !== this.#lengthOctets - 1) return;
    if (this.length < (index === 1 ? 126 : 65_536)) throw new WebSocketProtocolError("InvalidLength");
  }
}
