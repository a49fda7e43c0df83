/** An invariant that does not hold. */
export class Broken extends Error {
  override readonly name = "Broken";
}

/** @throws Broken when the two are not the same as JSON */
export function same(what: string, one: unknown, other: unknown): void {
  const [a, b] = [JSON.stringify(one), JSON.stringify(other)];
  if (a !== b) throw new Broken(`${what}:\n  ${a}\n  ${b}`);
}

/** @throws Broken unless it holds */
export function holds(what: string, condition: boolean): void {
  if (!condition) throw new Broken(what);
}

/** The same bytes in one piece, one by one, and cut in places that depend on them. */
export function cuttings(input: Uint8Array): Uint8Array[][] {
  const odd: Uint8Array[] = [];
  for (let at = 0; at < input.length; ) {
    const length = 1 + ((input[at]! * 7 + at) % 19);
    odd.push(input.slice(at, at + length));
    at += length;
  }
  return [[input.slice()], Array.from(input, (byte) => Uint8Array.of(byte)), odd];
}

export function text(bytes: Uint8Array): string {
  let latin1 = "";
  for (let i = 0; i < bytes.length; i++) latin1 += String.fromCharCode(bytes[i]!);
  return latin1;
}
