import type { ListenSpec } from "../socket/index.ts";
import { portProblem } from "../socket/port.ts";
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
  if (typeof first === "object" && first !== null) return checked(first);
  // Whatever JavaScript takes for a number from 0 on is a port, if maybe a wrong one.
  if (typeof first === "string" && !(Number(first) >= 0)) return { path: first };
  const host = rest.find((value) => typeof value === "string");
  const backlog = rest.find((value) => typeof value === "number");
  return checked({ port: first as number | string | undefined, host, backlog });
}

function checked(options: ListenOptions): ListenOptions {
  if ("fd" in options || "_handle" in options) throw missing("server.listen(handle)", "listen on a port");
  if (!("port" in options || "path" in options)) throw nowhere("options without either");
  const { port, path } = options;
  if (port !== undefined && port !== null) {
    if (typeof port !== "number" && typeof port !== "string")
      throw nowhere(`a port that is a ${typeof port}`);
  } else if (path !== undefined && typeof path !== "string") throw nowhere(`a path that is a ${typeof path}`);
  return options;
}

function nowhere(what: string): Error {
  return argumentError("ERR_INVALID_ARG_VALUE", `wanted a port or a path to listen on, got ${what}`);
}

function portOf(given: number | string | null | undefined): number {
  const port = typeof given === "string" && given.trim() === "" ? Number.NaN : Number(given ?? 0);
  const problem = portProblem(port);
  if (problem) throw argumentError("ERR_SOCKET_BAD_PORT", problem);
  return port;
}
