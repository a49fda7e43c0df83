/** How much of a peer's message is read before it is refused. All are whole numbers, at least 1. */
export interface Limits {
  /** Octets of the request line without its CRLF; more is 414. RFC 9112 section 3 asks for at least 8000. */
  readonly maxRequestLineBytes: number;
  /** Octets of one field line without its CRLF; more is 431. */
  readonly maxHeaderLineBytes: number;
  /** Octets of the whole header section; more is 431. Node's default is 16 KiB, nginx's 32 KiB. */
  readonly maxHeaderBytes: number;
  /** Field lines of the header section; more is 431. Node stops at 2000, Apache at 100. */
  readonly maxHeaderCount: number;
  /** Empty lines skipped before a request line; more is 400. */
  readonly maxEmptyLines: number;
  /**
   * Octets of chunk extensions in one body, beyond an allowance of one for every 64 octets of data, so that
   * a signed upload of any size passes and an endless extension does not; more is 400.
   */
  readonly maxChunkExtensionBytes: number;
  /** Octets of the trailer section; more is 431. */
  readonly maxTrailerBytes: number;
  /** Field lines of the trailer section; more is 431. */
  readonly maxTrailerCount: number;
}

export const DEFAULT_LIMITS: Limits = Object.freeze({
  maxRequestLineBytes: 8192,
  maxHeaderLineBytes: 16_384,
  maxHeaderBytes: 32_768,
  maxHeaderCount: 1000,
  maxEmptyLines: 8,
  maxChunkExtensionBytes: 16_384,
  maxTrailerBytes: 16_384,
  maxTrailerCount: 100,
});
