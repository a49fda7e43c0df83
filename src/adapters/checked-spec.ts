import { type ConnectSpec, type ListenSpec, NetworkError } from "../socket/index.ts";
import { portProblem } from "../socket/port.ts";

/**
 * What a runtime lets pass although it can't be meant: a port that was forgotten is any free one, a family that there is
 * not is both, a backlog below none resets everybody, a host that is missing is this one. Each of them is the caller's
 * mistake, and said by its name.
 */

/** @throws NetworkError `ERR_SOCKET_BAD_PORT`, `ERR_INVALID_ARG_VALUE`, `ENOTSUP` */
export function checkListen(spec: ListenSpec): void {
  checkPlain(spec);
  checkPort(spec.port, spec.family);
  checkBacklog(spec.backlog);
  const { address } = spec;
  if (address !== undefined && typeof address !== "string")
    throw invalid(`address must be an address or a name, got ${String(address)}`);
}

/** @throws as `checkListen` */
export function checkConnect(spec: ConnectSpec): void {
  const { host, port } = spec;
  checkPlain(spec);
  checkPort(port);
  if (typeof host !== "string" || host === "")
    throw invalid(`host must be a name or an address, got ${String(host)}`);
}

/**
 * Whoever names TLS here gets no plain text instead: it is `NodeNetwork`'s own option, for all of its connections.
 * @throws NetworkError `ENOTSUP`
 */
export function checkPlain(spec: object): void {
  if ("tls" in spec && spec.tls !== undefined && spec.tls !== false)
    throw new NetworkError("ENOTSUP", "tls is an option of new NodeNetwork() alone, of portico/node");
}

/** @throws as `checkListen` */
export function checkBacklog(backlog: number | undefined): void {
  if (backlog === undefined || (Number.isInteger(backlog) && backlog >= 0 && backlog <= MOST_BACKLOG)) return;
  throw invalid(`backlog must be a whole number from 0 to ${MOST_BACKLOG}, got ${String(backlog)}`);
}

/** The part of it that the networks in a page have, too. @throws as `checkListen` */
export function checkPort(port: number, family?: ListenSpec["family"]): void {
  const problem = portProblem(port);
  if (problem) throw new NetworkError("ERR_SOCKET_BAD_PORT", problem);
  if (family && family !== "IPv4" && family !== "IPv6")
    throw new NetworkError("ERR_INVALID_ARG_VALUE", `no family ${family}`);
}

export function invalid(message: string): NetworkError {
  return new NetworkError("ERR_INVALID_ARG_VALUE", message);
}

const MOST_BACKLOG = 2 ** 31 - 1;
