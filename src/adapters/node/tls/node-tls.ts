/** Loaded by who speaks TLS: an import would cost every program that does not 4 ms of its start. */
export function nodeTls(): typeof import("node:tls") {
  return process.getBuiltinModule("node:tls");
}
