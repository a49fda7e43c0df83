/** "Such as a server going down" (RFC 6455 section 7.4.1). */
export const GOING_AWAY = 1001;

/** No close frame may carry these: they report locally what did not happen on the wire (RFC 6455 section 7.4.1). */
export const NO_STATUS = 1005;
export const ABNORMAL = 1006;

/**
 * Whether a close frame may carry `code`: those that RFC 6455 section 7.4 and IANA's registry define for the
 * wire (1000-1003, 1007-1014), and the ranges of libraries (3000-3999) and of private use (4000-4999).
 */
export function isWireCloseCode(code: number): boolean {
  return (
    (code >= 1000 && code <= 1014 && code !== 1004 && code !== NO_STATUS && code !== ABNORMAL) ||
    (code >= 3000 && code <= 4999)
  );
}
