import type {
  BufferClass,
  DuplexClass,
  EmitterClass,
  ReadableClass,
  TransformClass,
  WritableClass,
} from "./streams.ts";

export declare const Buffer: BufferClass;
export declare const EventEmitter: EmitterClass;
export declare const streams: {
  readonly Readable: ReadableClass;
  readonly Writable: WritableClass;
  readonly Duplex: DuplexClass;
  readonly Transform: TransformClass;
};
