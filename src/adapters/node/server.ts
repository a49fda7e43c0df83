import { createServer, isIP, type ListenOptions, type Server } from "node:net";
import { type ListenSpec, NetworkError } from "../../socket/index.ts";
import { networkError } from "./errors.ts";
import type { NodeListenSpec } from "./specs.ts";
import type { Identities } from "./tls/identities.ts";

/** Node's own default. */
export const DEFAULT_BACKLOG = 511;

/**
 * A listening `net.Server` whose connections are as `NodeSocket` wants them: paused, half-open, undelayed. With
 * identities it is a `tls.Server`.
 */
export async function listeningServer(spec: NodeListenSpec, identities?: Identities): Promise<Server> {
  const options = await bindOptions(spec);
  const server =
    identities?.createServer() ?? createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true });
  return new Promise((resolve, reject) => {
    const fail = async (error: unknown) => {
      identities?.forget(server);
      reject(networkError(error, await problemOf(spec)));
    };
    server.once("error", fail);
    try {
      server.listen(options, () => {
        server.off("error", fail);
        resolve(server);
      });
    } catch (error) {
      fail(error); // a port or descriptor that is not one
    }
  });
}

async function bindOptions(
  spec: NodeListenSpec,
): Promise<ListenOptions & { fd?: number; reusePort?: boolean }> {
  const backlog = spec.backlog ?? DEFAULT_BACKLOG;
  if ("fd" in spec) return { fd: spec.fd, backlog, exclusive: true };
  if ("path" in spec) return { path: spec.path, backlog, exclusive: true };
  if (spec.reusePort) requireReusePort();
  const host = await bindAddress(spec);
  return {
    port: spec.port,
    backlog,
    exclusive: true, // a worker of node:cluster would otherwise share its parent's socket
    ...(host === undefined ? {} : { host }),
    ...(spec.family === "IPv6" ? { ipv6Only: true } : {}),
    ...(spec.reusePort ? { reusePort: true } : {}),
  };
}

/** `undefined` is Node's default: `::` with IPv4 as well, or `0.0.0.0` where the host has no IPv6. */
async function bindAddress({ address, family }: ListenSpec): Promise<string | undefined> {
  if (address === undefined || address === "") {
    return family === "IPv4" ? "0.0.0.0" : family === "IPv6" ? "::" : undefined;
  }
  const wanted = family === "IPv4" ? 4 : family === "IPv6" ? 6 : 0;
  const literal = isIP(address);
  if (literal !== 0) {
    if (wanted === 0 || wanted === literal) return address;
    throw new NetworkError("EAFNOSUPPORT", `${address} is not an ${family} address`);
  }
  const { lookup } = await import("node:dns/promises");
  try {
    return (await lookup(address, { family: wanted })).address;
  } catch (error) {
    throw networkError(error, `could not find an address of ${address}`);
  }
}

/** libuv sets SO_REUSEPORT for Node since 23.1.0 and 22.12.0; before, the option is ignored without a word. */
function requireReusePort(): void {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12)) return;
  throw new NetworkError("ENOTSUP", `reusePort needs Node 22.12 or 23.1, this is ${process.versions.node}`);
}

/** Where the folder of a Unix socket is missing, libuv says EACCES, as though there were one. */
async function problemOf(spec: NodeListenSpec): Promise<string> {
  const problem = `could not listen on ${nameOf(spec)}`;
  if (!("path" in spec) || process.platform === "win32") return problem;
  // Imported here: who listens without a fault does not wait for what these load.
  const [{ existsSync }, { dirname }] = await Promise.all([import("node:fs"), import("node:path")]);
  const folder = dirname(spec.path);
  return existsSync(folder) ? problem : `${problem}: there is no folder ${folder}`;
}

function nameOf(spec: NodeListenSpec): string {
  if ("fd" in spec) return `descriptor ${spec.fd}`;
  if ("path" in spec) return spec.path;
  return `port ${spec.port}${spec.address ? ` of ${spec.address}` : ""}`;
}
