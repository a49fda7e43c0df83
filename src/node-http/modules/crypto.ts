/** The synchronous hashes of `crypto`, from `@noble/hashes`; randomness from the platform. */
import { hmac } from "@noble/hashes/hmac.js";
import { md5, sha1 } from "@noble/hashes/legacy.js";
import { sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
import { missing } from "../errors.ts";
import { Buffer, type NodeBuffer, toBuffer } from "../streams.ts";

const HASHES = { md5, sha1, sha256, sha384, sha512 };

type Data = string | Uint8Array;

interface Running {
  update(bytes: Uint8Array): unknown;
  digest(): Uint8Array;
}

class Digest {
  readonly #running: Running;

  constructor(running: Running) {
    this.#running = running;
  }

  update(data: Data, encoding?: string): this {
    this.#running.update(bytesOf(data, encoding));
    return this;
  }

  digest(encoding?: string): NodeBuffer | string {
    const digest = toBuffer(this.#running.digest());
    return encoding === undefined || encoding === "buffer" ? digest : digest.toString(encoding);
  }
}

/** @throws NodeHttpError for a hash other than md5, sha1, sha256, sha384, sha512 */
export function createHash(name: string): Digest {
  return new Digest(hashNamed("createHash", name).create());
}

/** @throws NodeHttpError for a hash other than md5, sha1, sha256, sha384, sha512 */
export function createHmac(name: string, key: Data): Digest {
  return new Digest(hmac.create(hashNamed("createHmac", name), bytesOf(key)));
}

/** @throws RangeError where the lengths differ, as in Node */
export function timingSafeEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) throw new RangeError("Input buffers must have the same byte length");
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!;
  return difference === 0;
}

export function randomBytes(size: number): NodeBuffer {
  const bytes = new Uint8Array(size);
  // The platform gives at most 65,536 at once.
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return toBuffer(bytes);
}

export { randomBytes as pseudoRandomBytes };

export function randomUUID(): string {
  return crypto.randomUUID();
}

export const webcrypto: Crypto = globalThis.crypto;

/** @throws NodeHttpError */
export function createCipheriv(): never {
  throw missing("crypto.createCipheriv()", "use webcrypto");
}

/** @throws NodeHttpError */
export function createDecipheriv(): never {
  throw missing("crypto.createDecipheriv()", "use webcrypto");
}

/** @throws NodeHttpError */
export function scrypt(): never {
  throw missing("crypto.scrypt()");
}

/** @throws NodeHttpError */
export function pbkdf2(): never {
  throw missing("crypto.pbkdf2()", "use webcrypto");
}

function hashNamed(what: string, name: string) {
  const key = name.toLowerCase().replace("-", "");
  if (!Object.hasOwn(HASHES, key)) throw missing(`crypto.${what}() of another hash than md5, sha1 and sha2`);
  return HASHES[key as keyof typeof HASHES];
}

function bytesOf(data: Data, encoding?: string): Uint8Array {
  return typeof data === "string" ? Buffer.from(data, encoding) : data;
}
