import type { SocketAddress } from "../../socket/index.ts";

/** One end of a Unix socket; the path is empty for the end that connected, which has no name. */
export function unixAddress(path: string): SocketAddress {
  return { address: path, port: 0, family: "unix" };
}
