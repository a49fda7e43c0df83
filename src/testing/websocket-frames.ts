/** Frames as bytes for tests: everything can be set wrong. */
export interface TestFrame {
  readonly fin?: boolean;
  /** RSV1 to RSV3 as bits 4, 2, 1. */
  readonly rsv?: number;
  readonly opcode: number;
  readonly payload?: Uint8Array | string;
  /** The masking key; without one the frame is unmasked. */
  readonly key?: readonly number[] | undefined;
  /** Forces the 16-bit or the 64-bit form of the length. */
  readonly lengthOctets?: 0 | 2 | 8;
  /** What the length says, where it is not the payload's. */
  readonly length?: bigint | number;
}

export const KEY = [0x37, 0xfa, 0x21, 0x3d] as const;

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function frame(spec: TestFrame): Uint8Array {
  const payload = typeof spec.payload === "string" ? utf8(spec.payload) : (spec.payload ?? new Uint8Array(0));
  const length = BigInt(spec.length ?? payload.length);
  const octets = spec.lengthOctets ?? (length < 126n ? 0 : length < 65_536n ? 2 : 8);
  const first = (spec.fin === false ? 0 : 0x80) | ((spec.rsv ?? 0) << 4) | spec.opcode;
  const head = new DataView(new ArrayBuffer(2 + octets));
  head.setUint8(0, first);
  head.setUint8(1, (spec.key ? 0x80 : 0) | (octets === 0 ? Number(length) : octets === 2 ? 126 : 127));
  if (octets === 2) head.setUint16(2, Number(length));
  if (octets === 8) head.setBigUint64(2, length);
  const { key } = spec;
  if (key === undefined) return concat(new Uint8Array(head.buffer), payload);
  const masked = payload.map((byte, i) => byte ^ (key[i % 4] ?? 0));
  return concat(new Uint8Array(head.buffer), new Uint8Array(key), masked);
}

export function closePayload(code: number, reason: Uint8Array | string = ""): Uint8Array {
  return concat(new Uint8Array([code >> 8, code & 0xff]), typeof reason === "string" ? utf8(reason) : reason);
}

/** Reads the frames of bytes that our own side wrote, unmasked. Lengths as they are on the wire. */
export function parseFrames(
  bytes: Uint8Array,
): { first: number; masked: boolean; lengthOctets: number; payload: Uint8Array }[] {
  const frames = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < bytes.length; ) {
    const first = view.getUint8(at);
    const second = view.getUint8(at + 1);
    const masked = (second & 0x80) !== 0;
    const short = second & 0x7f;
    const lengthOctets = short === 126 ? 2 : short === 127 ? 8 : 0;
    const length =
      lengthOctets === 2
        ? view.getUint16(at + 2)
        : lengthOctets === 8
          ? Number(view.getBigUint64(at + 2))
          : short;
    at += 2 + lengthOctets;
    const key = masked ? bytes.subarray(at, at + 4) : new Uint8Array(4);
    if (masked) at += 4;
    if (at + length > bytes.length) throw new Error("the last frame is incomplete");
    frames.push({
      first,
      masked,
      lengthOctets,
      payload: bytes.slice(at, at + length).map((byte, i) => byte ^ key[i % 4]!),
    });
    at += length;
  }
  return frames;
}

/** A frame as a client sends it. */
export const masked = (spec: TestFrame): Uint8Array => frame({ key: KEY, ...spec });
