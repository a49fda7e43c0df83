/** What comes in pieces: an async iterable, or a stream, which in Safari is none. */

export type Pieces<T> = AsyncIterable<T> | ReadableStream<T>;

export function isPieces(value: unknown): value is Pieces<unknown> {
  return (
    value instanceof ReadableStream ||
    (typeof value === "object" && value !== null && Symbol.asyncIterator in value)
  );
}

/** To be iterated everywhere; who stops early cancels a stream. */
export function iterable<T>(pieces: Pieces<T>): AsyncIterable<T> {
  if (!(pieces instanceof ReadableStream)) return pieces;
  return {
    [Symbol.asyncIterator]() {
      const reader = pieces.getReader();
      return {
        async next() {
          const { done, value } = await reader.read();
          return done ? { done, value: undefined } : { done, value };
        },
        async return() {
          await reader.cancel();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
