import type { ListenSpec } from "../socket/index.ts";
import { argumentError, missing } from "./errors.ts";

export interface ListenOptions {
  port?: number | string | undefined;
  host?: string | undefined;
  backlog?: number | undefined;
  ipv6Only?: boolean | undefined;
  reusePort?: boolean | undefined;
  /** A Unix socket, where the network has them. */
  path?: string | undefined;
  signal?: AbortSignal | undefined;
  exclusive?: boolean | undefined;
}

/** Every form of `server.listen`. */
export type ListenArguments = readonly (number | string | null | undefined | ListenOptions | (() => void))[];

interface Listening {
  readonly spec: ListenSpec & { readonly path?: string };
  readonly callback: (() => void) | undefined;
  readonly signal: AbortSignal | undefined;
}

/** @throws RangeError `ERR_SOCKET_BAD_PORT`; TypeError `ERR_INVALID_ARG_VALUE`; NodeHttpError `ERR_METHOD_NOT_IMPLEMENTED` for a handle */
export function listenSpec(args: ListenArguments): Listening {
  const callback = args.find((argument) => typeof argument === "function");
  const values = args.filter((argument) => typeof argument !== "function");
  const options = optionsOf(values);
  const { host, backlog, ipv6Only, reusePort, signal } = options;
  const path = options.port === undefined || options.port === null ? options.path : undefined; // as Node has it
  const spec: ListenSpec & { path?: string } = {
    port: path === undefined ? portOf(options.port) : 0,
    ...(path === undefined ? {} : { path }),
    ...(host === undefined || host === "" ? {} : { address: host }),
    ...(backlog === undefined || backlog <= 0 ? {} : { backlog }),
    ...(ipv6Only ? { family: "IPv6" as const } : {}),
    ...(reusePort ? { reusePort } : {}),
  };
  return { spec, callback, signal };
}

function optionsOf([first, ...rest]: ListenArguments): ListenOptions {
  if (typeof first === "object" && first !== null) {
    if ("fd" in first || "_handle" in first) throw missing("server.listen(handle)", "listen on a port");
    if ("port" in first || "path" in first) return first;
    throw argumentError("ERR_INVALID_ARG_VALUE", "options to listen with must have a port or a path");
  }
  if (typeof first === "boolean")
    throw argumentError("ERR_INVALID_ARG_VALUE", `can't listen on ${String(first)}: wanted a port or a path`);
  if (typeof first === "string" && !/^\d+$/.test(first)) return { path: first };
  const host = rest.find((value) => typeof value === "string");
  const backlog = rest.find((value) => typeof value === "number");
  return { port: first as number | string | undefined, host, backlog };
}

function portOf(given: number | string | null | undefined): number {
  const port = Number(given ?? 0);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw argumentError("ERR_SOCKET_BAD_PORT", "a port must be a whole number from 0 to 65535");
}
