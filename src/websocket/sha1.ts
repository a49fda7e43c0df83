/**
 * SHA-1 (FIPS 180-4 section 6.1), for `Sec-WebSocket-Accept` alone: the platform's `crypto.subtle` is not there
 * on pages that came over plain http. Nothing here rests on its strength (RFC 6455 section 10.8).
 */
export function sha1(message: Uint8Array): Uint8Array {
  const blocks = (message.length + 72) >> 6;
  const padded = new Uint8Array(blocks * 64);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 4, message.length * 8);
  const state = new Uint32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]);
  for (let block = 0; block < blocks; block++) compress(state, view, block * 64);
  const digest = new DataView(new ArrayBuffer(20));
  state.forEach((word, i) => {
    digest.setUint32(i * 4, word);
  });
  return new Uint8Array(digest.buffer);
}

const schedule = new Uint32Array(80);

function compress(state: Uint32Array, view: DataView, at: number): void {
  for (let t = 0; t < 80; t++) {
    schedule[t] =
      t < 16
        ? view.getUint32(at + t * 4)
        : rotate(schedule[t - 3]! ^ schedule[t - 8]! ^ schedule[t - 14]! ^ schedule[t - 16]!, 1);
  }
  let [a, b, c, d, e] = state as unknown as [number, number, number, number, number];
  for (let t = 0; t < 80; t++) {
    const next = (rotate(a, 5) + round(t, b, c, d) + e + schedule[t]!) | 0;
    e = d;
    d = c;
    c = rotate(b, 30);
    b = a;
    a = next;
  }
  [a, b, c, d, e].forEach((word, i) => {
    state[i]! += word;
  });
}

/** Section 4.1.1's function and section 4.2.1's constant of round t. */
function round(t: number, b: number, c: number, d: number): number {
  if (t < 20) return ((b & c) ^ (~b & d)) + 0x5a827999;
  if (t < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (t < 60) return ((b & c) ^ (b & d) ^ (c & d)) + 0x8f1bbcdc;
  return (b ^ c ^ d) + 0xca62c1d6;
}

const rotate = (word: number, by: number): number => (word << by) | (word >>> (32 - by));
