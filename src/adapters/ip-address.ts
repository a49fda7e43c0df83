import type { SocketAddress } from "../socket/index.ts";

const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/**
 * One end of a TCP connection. An IPv4 connection to a dual stack listener is shown by the kernel with an
 * IPv4-mapped IPv6 address (RFC 4291 section 2.5.5.2): it is told as the IPv4 address that the other end sees.
 */
export function ipAddress(address = "", port = 0): SocketAddress {
  const plain = mapped.exec(address)?.[1];
  if (plain !== undefined) return { address: plain, port, family: "IPv4" };
  return { address, port, family: address.includes(":") ? "IPv6" : "IPv4" };
}
