/**
 * How much of a peer's message is read before it is refused: with the status that is named, after which the
 * connection is closed. All are whole numbers, at least 1.
 */
export interface Limits {
  /**
   * Octets of the request line without its CRLF. More is 414. Default 8,192: RFC 9112 section 3 asks for at least
   * 8,000, and browsers send no more than that to most servers, since most stop there.
   */
  readonly maxRequestLineBytes: number;
  /** Octets of one field line without its CRLF. More is 431. Default 16,384, four of the largest cookies. */
  readonly maxHeaderLineBytes: number;
  /** Octets of the whole header section. More is 431. Default 32,768 as nginx's; Node's is 16 KiB. */
  readonly maxHeaderBytes: number;
  /** Field lines of the header section. More is 431. Default 1,000; Node stops at 2,000, Apache at 100. */
  readonly maxHeaderCount: number;
  /** Empty lines skipped before a request line (RFC 9112 section 2.2 asks for one). More is 400. Default 8. */
  readonly maxEmptyLines: number;
  /**
   * Octets of chunk extensions in one body, beyond an allowance of one for every 64 octets of data, so that
   * a signed upload of any size passes and an endless extension does not; a single line may have no more than this.
   * More is 400. Default 16,384.
   */
  readonly maxChunkExtensionBytes: number;
  /** Octets of the trailer section. More is 431. Default 16,384: trailers are checksums and timings. */
  readonly maxTrailerBytes: number;
  /** Field lines of the trailer section. More is 431. Default 100, as few clients send any. */
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
