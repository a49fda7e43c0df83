import type { AnswerBody, AnswerHead, ProblemCode } from "../protocol.ts";

/** Where the answer to one fetch goes: a fetch of one run of the worker. A replay changes it. */
export interface Outlet {
  head(head: AnswerHead, body: AnswerBody): void;
  refused(code: ProblemCode): void;
  chunk(bytes: ArrayBuffer): void;
  end(): void;
  /** The body ends before it is whole. */
  cut(): void;
  /** Credit for request bytes. */
  pull(bytes: number): void;
}

/** The bytes in a buffer of their own, which can be transferred; a copy unless they already fill theirs. */
export function ownBuffer(bytes: Uint8Array): ArrayBuffer {
  const { buffer } = bytes;
  if (buffer instanceof ArrayBuffer && bytes.byteLength === buffer.byteLength) return buffer;
  return bytes.slice().buffer as ArrayBuffer;
}
