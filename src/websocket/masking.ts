/**
 * Masking (RFC 6455 section 5.3): octet i of the payload is XORed with octet i modulo 4 of the key. It is done
 * in place and, from the first aligned octet on, 32 bits at a time (1 KB: 0.25 us instead of 1.2 us in V8).
 */

/** Below this a byte loop is faster than making a view. */
const WORDS_FROM = 48;

const keyBytes = new Uint8Array(4);
const keyWord = new Int32Array(keyBytes.buffer);

/**
 * XORs `bytes[from]` up to `bytes[to - 1]` with the key.
 * @param phase how many octets of this frame's payload came before `from`.
 */
export function mask(bytes: Uint8Array, from: number, to: number, key: Uint8Array, phase = 0): void {
  let at = from;
  if (to - from >= WORDS_FROM) {
    const start = from + (-(bytes.byteOffset + from) & 3);
    for (; at < start; at++) bytes[at]! ^= key[(at - from + phase) & 3]!;
    for (let i = 0; i < 4; i++) keyBytes[i] = key[(at - from + phase + i) & 3]!;
    const word = keyWord[0]!;
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + at, (to - at) >>> 2);
    for (let i = 0; i < words.length; i++) words[i]! ^= word;
    at += words.length << 2;
  }
  for (; at < to; at++) bytes[at]! ^= key[(at - from + phase) & 3]!;
}

/** Random octets are asked for by the pool: one call to the generator serves 1,024 frames. */
const pool = new Uint8Array(4096);
let poolAt = pool.length;

/** Writes a masking key that a peer can't predict (RFC 6455 section 10.3) at `at`. */
export function writeRandomKey(into: Uint8Array, at: number): void {
  if (poolAt === pool.length) {
    crypto.getRandomValues(pool);
    poolAt = 0;
  }
  for (let i = 0; i < 4; i++) into[at + i] = pool[poolAt++]!;
}
