/**
 * What this folder uses of `readable-stream`, `buffer` and `events`, with types of its own: those of the
 * packages are Node's, and whoever imports `portico/node-http` in a page has no types of Node.
 */
import { EventEmitter as emitter, Buffer as nodeBuffer, streams } from "./vendor.mjs";

export type Listener = (...args: never[]) => void;

export interface Emitter {
  on(event: string | symbol, listener: Listener): this;
  addListener(event: string | symbol, listener: Listener): this;
  once(event: string | symbol, listener: Listener): this;
  off(event: string | symbol, listener: Listener): this;
  removeListener(event: string | symbol, listener: Listener): this;
  removeAllListeners(event?: string | symbol): this;
  prependListener(event: string | symbol, listener: Listener): this;
  emit(event: string | symbol, ...args: unknown[]): boolean;
  listenerCount(event: string | symbol): number;
  eventNames(): (string | symbol)[];
}

export type Done = (error?: Error | null) => void;

/** `stream.Readable`. */
export interface NodeReadable extends Emitter, AsyncIterable<Uint8Array> {
  readonly readable: boolean;
  readonly readableEnded: boolean;
  readonly readableFlowing: boolean | null;
  readonly destroyed: boolean;
  read(size?: number): unknown;
  push(chunk: unknown): boolean;
  pipe<T extends object>(destination: T, options?: { end?: boolean }): T;
  unpipe(destination?: object): this;
  pause(): this;
  resume(): this;
  isPaused(): boolean;
  setEncoding(encoding: string): this;
  destroy(error?: Error): this;
  _read(size: number): void;
  _destroy(error: Error | null, done: Done): void;
}

/** `stream.Writable`. */
export interface NodeWritable extends Emitter {
  readonly writable: boolean;
  readonly writableEnded: boolean;
  readonly writableFinished: boolean;
  readonly writableLength: number;
  readonly writableHighWaterMark: number;
  readonly destroyed: boolean;
  cork(): void;
  uncork(): void;
  write(chunk: unknown, encoding?: string | Done, done?: Done): boolean;
  end(chunk?: unknown, encoding?: string | Done, done?: Done): this;
  destroy(error?: Error): this;
  _write(chunk: unknown, encoding: string, done: Done): void;
  _final(done: Done): void;
  _destroy(error: Error | null, done: Done): void;
}

export interface NodeBuffer extends Uint8Array {
  toString(encoding?: string, start?: number, end?: number): string;
}

export interface BufferClass {
  from(text: string, encoding?: string): NodeBuffer;
  from(bytes: ArrayBufferLike, offset?: number, length?: number): NodeBuffer;
  isBuffer(value: unknown): value is NodeBuffer;
}

export interface EmitterClass {
  new (): Emitter;
  readonly prototype: Emitter;
}

export interface ReadableClass {
  new (options?: { highWaterMark?: number; autoDestroy?: boolean }): NodeReadable;
  readonly prototype: NodeReadable;
}

export interface WritableClass {
  new (options?: { highWaterMark?: number; decodeStrings?: boolean; autoDestroy?: boolean }): NodeWritable;
  readonly prototype: NodeWritable;
}

/** `stream.Duplex`. */
export interface NodeDuplex extends NodeReadable, NodeWritable {
  destroy(error?: Error): this;
  _destroy(error: Error | null, done: Done): void;
}

export interface DuplexClass {
  new (options?: { decodeStrings?: boolean; autoDestroy?: boolean; allowHalfOpen?: boolean }): NodeDuplex;
  readonly prototype: NodeDuplex;
}

/** `stream.Transform`. */
export interface NodeTransform extends NodeReadable {
  write(chunk: unknown, encoding?: string | Done, done?: Done): boolean;
  end(chunk?: unknown, encoding?: string | Done, done?: Done): this;
  _transform(chunk: unknown, encoding: string, done: Done): void;
  _flush(done: Done): void;
}

export interface TransformClass {
  new (): NodeTransform;
  readonly prototype: NodeTransform;
}

export const EventEmitter: EmitterClass = emitter;
export const Readable: ReadableClass = streams.Readable;
export const Writable: WritableClass = streams.Writable;
export const Duplex: DuplexClass = streams.Duplex;
export const Transform: TransformClass = streams.Transform;
export const Buffer: BufferClass = nodeBuffer;

/** The same memory as a `Buffer`. */
export function toBuffer(bytes: Uint8Array): NodeBuffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
