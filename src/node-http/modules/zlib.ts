/** The streams of `zlib` on the platform's `CompressionStream`: gzip, deflate and raw deflate, both ways. */
import { missing } from "../errors.ts";
import { type Done, Transform, toBuffer } from "../streams.ts";

class Through extends Transform {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #pumped: Promise<void>;

  constructor({ readable, writable }: CompressionStream | DecompressionStream) {
    super();
    this.#writer = writable.getWriter() as WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
    this.#pumped = this.#pump(readable.getReader());
    this.#pumped.catch(() => {});
  }

  override _transform(chunk: Uint8Array, _encoding: string, done: Done): void {
    this.#writer.write(new Uint8Array(chunk)).then(() => done(), done);
  }

  override _flush(done: Done): void {
    Promise.all([this.#writer.close(), this.#pumped]).then(() => done(), done);
  }

  async #pump(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      this.push(toBuffer(value));
    }
  }
}

export class Gzip extends Through {
  constructor() {
    super(new CompressionStream("gzip"));
  }
}

export class Gunzip extends Through {
  constructor() {
    super(new DecompressionStream("gzip"));
  }
}

export class Deflate extends Through {
  constructor() {
    super(new CompressionStream("deflate"));
  }
}

export class Inflate extends Through {
  constructor() {
    super(new DecompressionStream("deflate"));
  }
}

export class DeflateRaw extends Through {
  constructor() {
    super(new CompressionStream("deflate-raw"));
  }
}

export class InflateRaw extends Through {
  constructor() {
    super(new DecompressionStream("deflate-raw"));
  }
}

export const createGzip = () => new Gzip();
export const createGunzip = () => new Gunzip();
export const createDeflate = () => new Deflate();
export const createInflate = () => new Inflate();
export const createDeflateRaw = () => new DeflateRaw();
export const createInflateRaw = () => new InflateRaw();

/** Can be compared with, not made. */
export class Unzip {
  constructor() {
    throw missing("zlib.Unzip", "use Gunzip or Inflate");
  }
}

/** @throws NodeHttpError */
export function createBrotliCompress(): never {
  throw missing("zlib.createBrotliCompress()");
}

/** @throws NodeHttpError */
export function createBrotliDecompress(): never {
  throw missing("zlib.createBrotliDecompress()");
}

export const constants: Readonly<Record<string, number>> = Object.freeze({
  Z_NO_FLUSH: 0,
  Z_SYNC_FLUSH: 2,
  Z_FINISH: 4,
});
