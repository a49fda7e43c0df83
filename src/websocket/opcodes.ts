/** RFC 6455 section 5.2. Control frames are those with bit 3 set. */
export const CONTINUATION = 0x0;
export const TEXT = 0x1;
export const BINARY = 0x2;
export const CLOSE = 0x8;
export const PING = 0x9;
export const PONG = 0xa;

export const isControl = (opcode: number): boolean => (opcode & 0x8) !== 0;

/** RFC 6455 section 5.5: no control frame is longer. */
export const MAX_CONTROL_PAYLOAD = 125;
