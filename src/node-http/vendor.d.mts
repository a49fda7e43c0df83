import type { BufferClass, EmitterClass, ReadableClass, TransformClass, WritableClass } from "./streams.ts";

export declare const Buffer: BufferClass;
export declare const EventEmitter: EmitterClass;
export declare const streams: {
  readonly Readable: ReadableClass;
  readonly Writable: WritableClass;
  readonly Transform: TransformClass;
};
