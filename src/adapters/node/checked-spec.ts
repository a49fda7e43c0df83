import { type ListenSpec, NetworkError } from "../../socket/index.ts";
import type { NodeConnectSpec, NodeListenSpec } from "./specs.ts";

/**
 * What Node lets pass although it can't be meant: a port that was forgotten is any free one, a family that there is not is
 * both, a backlog below none resets everybody, and libuv cuts a path that is too long for the kernel and makes, or connects
 * to, another one. Each of them is the caller's mistake, and said by its name.
 */

/** @throws NetworkError `ERR_SOCKET_BAD_PORT`, `ERR_INVALID_ARG_VALUE`, `ENAMETOOLONG` */
export function checkListen(spec: NodeListenSpec): void {
  const { backlog } = spec;
  if (backlog !== undefined && !(Number.isInteger(backlog) && backlog >= 0 && backlog <= MOST_BACKLOG)) {
    throw invalid(`backlog must be a whole number from 0 to ${MOST_BACKLOG}, got ${String(backlog)}`);
  }
  if ("fd" in spec) return;
  if ("path" in spec) checkPath(spec.path);
  else checkPortSpec(spec);
}

/** @throws as `checkListen` */
export function checkConnect(spec: NodeConnectSpec): void {
  if ("path" in spec) return checkPath(spec.path);
  checkPort(spec.port);
  // Node takes one that is missing for localhost.
  if (typeof spec.host !== "string" || spec.host === "")
    throw invalid(`host must be a name or an address, got ${String(spec.host)}`);
}

function checkPortSpec({ port, address, family }: ListenSpec): void {
  checkPort(port);
  if (family !== undefined && family !== "IPv4" && family !== "IPv6")
    throw invalid(`family must be "IPv4" or "IPv6", got ${String(family)}`);
  if (address !== undefined && typeof address !== "string")
    throw invalid(`address must be an address or a name, got ${String(address)}`);
}

function checkPort(port: number): void {
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return;
  throw new NetworkError(
    "ERR_SOCKET_BAD_PORT",
    `a port must be a whole number from 0 to 65535, got ${String(port)}`,
  );
}

/** A name of Linux's abstract namespace begins with NUL; elsewhere NUL would end the path for the kernel. */
function checkPath(path: string): void {
  if (typeof path !== "string" || path === "" || path.indexOf("\0", 1) > 0)
    throw invalid("path must be a path without NUL");
  const most = LONGEST_PATH[process.platform];
  const bytes = Buffer.byteLength(path);
  if (most === undefined || bytes <= most) return;
  throw new NetworkError("ENAMETOOLONG", `a Unix socket's path has at most ${most} bytes, got ${bytes}`);
}

function invalid(message: string): NetworkError {
  return new NetworkError("ERR_INVALID_ARG_VALUE", message);
}

const MOST_BACKLOG = 2 ** 31 - 1;

/** Bytes of `sun_path`, without the NUL at its end. Windows has named pipes, which libuv checks. */
const LONGEST_PATH: Partial<Record<NodeJS.Platform, number>> = {
  ...{ linux: 107, android: 107 },
  ...{ darwin: 103, freebsd: 103, openbsd: 103, netbsd: 103 },
};
