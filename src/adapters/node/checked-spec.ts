import { NetworkError } from "../../socket/index.ts";
import { checkBacklog, checkConnect, checkListen, checkPlain, invalid } from "../checked-spec.ts";
import type { NodeConnectSpec, NodeListenSpec } from "./specs.ts";

/**
 * What Node lets pass of what only Node has: libuv cuts a path that is too long for the kernel and makes, or connects to,
 * another one.
 *
 * @throws NetworkError `ERR_SOCKET_BAD_PORT`, `ERR_INVALID_ARG_VALUE`, `ENAMETOOLONG`, `ENOTSUP`
 */
export function checkNodeListen(spec: NodeListenSpec): void {
  if (!("fd" in spec || "path" in spec)) return checkListen(spec);
  checkPlain(spec);
  checkBacklog(spec.backlog);
  if ("path" in spec) checkPath(spec.path);
}

/** @throws as `checkNodeListen` */
export function checkNodeConnect(spec: NodeConnectSpec): void {
  if (!("path" in spec)) return checkConnect(spec);
  checkPlain(spec);
  checkPath(spec.path);
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

/** Bytes of `sun_path`, without the NUL at its end. Windows has named pipes, which libuv checks. */
const LONGEST_PATH: Partial<Record<NodeJS.Platform, number>> = {
  ...{ linux: 107, android: 107 },
  ...{ darwin: 103, freebsd: 103, openbsd: 103, netbsd: 103 },
};
