/**
 * The network's dice. A Weyl sequence (the state grows by an odd constant) scrambled by the finalizer of
 * MurmurHash3: 32 bits of state, every seed good, the same numbers on every engine. Not for secrets.
 */

const STEP = 0x9e3779b9;

/**
 * Numbers of [0, 1), the same ones for the same seed and stream: each direction of each connection has a stream of
 * its own, so that what happens to it does not depend on what the others do in between.
 */
export function randomNumbers(seed: number, stream: number): () => number {
  let state = scramble(scramble(seed) + Math.imul(stream, STEP));
  return () => {
    state = (state + STEP) >>> 0;
    return scramble(state) / 0x1_0000_0000;
  };
}

function scramble(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
