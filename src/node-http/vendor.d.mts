import type { BufferClass, EmitterClass, ReadableClass, WritableClass } from "./streams.ts";

export declare const Buffer: BufferClass;
export declare const EventEmitter: EmitterClass;
export declare const streams: { readonly Readable: ReadableClass; readonly Writable: WritableClass };
