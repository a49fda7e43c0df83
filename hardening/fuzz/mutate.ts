import type { Random } from "./random.ts";

type Change = (input: Uint8Array, other: Uint8Array, words: readonly string[], random: Random) => Uint8Array;

const INTERESTING = '\r\n \t:;,="\\-+0123456789abcfx%/\0\x7f\x80\xff'.split("").map((c) => c.charCodeAt(0));

/** What can be done to an input. Those that keep its shape stand there more than once. */
const CHANGES: readonly Change[] = [
  (input, _other, _words, random) => {
    const changed = input.slice();
    if (changed.length > 0) changed[random.below(changed.length)]! ^= 1 << random.below(8);
    return changed;
  },
  (input, _other, _words, random) => {
    const changed = input.slice();
    if (changed.length > 0)
      changed[random.below(changed.length)] = INTERESTING[random.below(INTERESTING.length)]!;
    return changed;
  },
  (input, _other, _words, random) =>
    insert(input, random.below(input.length + 1), Uint8Array.of(random.below(256))),
  (input, _other, _words, random) =>
    insert(
      input,
      random.below(input.length + 1),
      Uint8Array.of(INTERESTING[random.below(INTERESTING.length)]!),
    ),
  (input, _other, words, random) => insert(input, random.below(input.length + 1), word(words, random)),
  (input, _other, words, random) => insert(input, random.below(input.length + 1), word(words, random)),
  (input, _other, words, random) => {
    const changed = input.slice();
    const piece = word(words, random);
    changed.set(piece.subarray(0, changed.length), random.below(Math.max(1, changed.length - piece.length)));
    return changed;
  },
  (input, _other, _words, random) => {
    const at = random.below(input.length);
    const length = 1 + random.below(Math.min(16, input.length));
    return joined(input.subarray(0, at), input.subarray(at + length));
  },
  (input, _other, _words, random) => {
    const at = random.below(input.length);
    const piece = input.slice(at, at + 1 + random.below(32));
    return insert(input, random.below(input.length + 1), piece);
  },
  (input, other, _words, random) =>
    joined(input.subarray(0, random.below(input.length + 1)), other.subarray(random.below(other.length + 1))),
  (input, other) => joined(input, other),
  (input, _other, _words, random) => input.slice(0, random.below(input.length + 1)),
  number,
];

/** One to eight changes, mostly few. */
export function mutate(
  input: Uint8Array,
  other: Uint8Array,
  words: readonly string[],
  random: Random,
  maxLength: number,
): Uint8Array {
  let changed = input;
  for (let left = 1 << random.below(4); left > 0; left--) {
    changed = CHANGES[random.below(CHANGES.length)]!(changed, other, words, random);
  }
  return changed.slice(0, maxLength);
}

/** A decimal or hexadecimal number in the input becomes another one. */
function number(
  input: Uint8Array,
  _other: Uint8Array,
  _words: readonly string[],
  random: Random,
): Uint8Array {
  const at = input.findIndex((byte, i) => i >= random.below(input.length) && byte >= 48 && byte <= 57);
  if (at < 0) return input;
  let end = at;
  while (end < input.length && input[end]! >= 48 && input[end]! <= 57) end++;
  const value = Number(new TextDecoder().decode(input.subarray(at, end)));
  const others = [value + 1, value - 1, 0, value * 16, 2 ** 31, 2 ** 53, 2 ** 64].map(
    (n) => `${Math.abs(n)}`,
  );
  const text = new TextEncoder().encode(others[random.below(others.length)]);
  return joined(joined(input.subarray(0, at), text), input.subarray(end));
}

function word(words: readonly string[], random: Random): Uint8Array {
  return latin1(words[random.below(words.length)] ?? "");
}

function insert(input: Uint8Array, at: number, piece: Uint8Array): Uint8Array {
  return joined(joined(input.subarray(0, at), piece), input.subarray(at));
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

/** A byte a character. */
export function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}
