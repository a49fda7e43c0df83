import type { ConnectSpec, ListenSpec } from "../../socket/index.ts";

/** Listens on a Unix socket (a named pipe on Windows). */
export interface UnixListenSpec {
  /**
   * Where the socket is made; it is removed by `close`. A path that exists rejects with `EADDRINUSE`, one whose folder is
   * missing with `EACCES` (as with `node:net`).
   */
  readonly path: string;
  /** Connections that may wait to be accepted. Default 511. */
  readonly backlog?: number;
}

/**
 * Listens on a descriptor that is a bound socket, TCP or Unix, as a service manager hands over (systemd's
 * first one is 3). The listener owns it from then on: `close` closes it.
 */
export interface DescriptorListenSpec {
  /** The descriptor's number. */
  readonly fd: number;
  /** Connections that may wait to be accepted. Default 511. */
  readonly backlog?: number;
}

/** What `NodeNetwork.listen` takes: the port's options, a Unix socket's path, or an inherited descriptor. */
export type NodeListenSpec = ListenSpec | UnixListenSpec | DescriptorListenSpec;

/** Connects to a Unix socket (a named pipe on Windows). */
export interface UnixConnectSpec {
  /** Where the socket is. */
  readonly path: string;
  /** Gives up: `connect` rejects with the signal's reason. Default: none. */
  readonly signal?: AbortSignal;
}

/** What `NodeNetwork.connect` takes: the port's options or a Unix socket's path. */
export type NodeConnectSpec = ConnectSpec | UnixConnectSpec;
