import type { Server as NetServer } from "node:net";
import type { SecureContext, Server } from "node:tls";
import { nodeTls } from "./node-tls.ts";
import { ALPN, DEFAULT_HANDSHAKE_TIMEOUT_MS, type TlsIdentity, type TlsOptions } from "./options.ts";

/** What of its clients a server asks. */
type Asked = Pick<TlsOptions, "requestCert" | "rejectUnauthorized">;

interface Loaded {
  readonly identity: TlsIdentity;
  readonly asked: Required<Asked>;
  readonly standard: SecureContext;
  readonly names: ReadonlyMap<string, SecureContext>;
  readonly handshakeTimeoutMs: number;
}

/** The certificates and keys of a network. Every handshake looks here, so that a replacement counts at once. */
export class Identities {
  #loaded: Loaded;
  readonly #servers = new Set<Server>();

  /** @throws Error with OpenSSL's code for what is no certificate, no key, or a key of another certificate. */
  constructor(options: TlsOptions) {
    this.#loaded = load(options);
  }

  /**
   * All or nothing: what can't be loaded leaves everything as it was.
   * @throws as the constructor; TypeError where a server listens and there would be nothing to show to clients
   */
  replace(options: TlsOptions): void {
    const loaded = load(options);
    if (this.#servers.size > 0) {
      assertShown(loaded);
      assertSame(this.#loaded.asked, loaded.asked);
    }
    this.#loaded = loaded;
    for (const server of this.#servers) server.setSecureContext(this.#loaded.identity);
  }

  /**
   * A server that does not listen yet, whose connections are as `NodeSocket` wants them once they are half-open:
   * a client that goes during its handshake is to be gone at once.
   * @throws TypeError where there is nothing to show to clients
   */
  createServer(): Server {
    assertShown(this.#loaded);
    const { identity, asked } = this.#loaded;
    const server = nodeTls().createServer({
      ...identity,
      ...asked,
      SNICallback: (name, callback) => callback(null, this.#named(name)),
      ALPNProtocols: ALPN,
      ...{ pauseOnConnect: true, noDelay: true },
    });
    this.#servers.add(server);
    return server;
  }

  /** The server does not listen, or no more: nothing is replaced there. */
  forget(server: NetServer): void {
    this.#servers.delete(server as Server);
  }

  /** What a client trusts, with everything else that it says of TLS. */
  get standard(): SecureContext {
    return this.#loaded.standard;
  }

  get handshakeTimeoutMs(): number {
    return this.#loaded.handshakeTimeoutMs;
  }

  #named(name: string): SecureContext {
    const { names, standard } = this.#loaded;
    const lower = name.toLowerCase();
    return names.get(lower) ?? names.get(lower.replace(/^[^.]+/, "*")) ?? standard;
  }
}

function assertShown({ identity, names }: Loaded): void {
  if (isShown(identity) || names.size > 0) return;
  throw new TypeError("To listen over TLS the option tls needs cert and key, or names that have them");
}

/** Whether it has a certificate, and can prove that it is its own. */
const isShown = ({ cert, key, pfx }: TlsIdentity): boolean =>
  (cert !== undefined && key !== undefined) || pfx !== undefined;

/** Node takes half of a pair without a word, and every handshake fails. @throws TypeError */
function assertWhole(name: string, identity: TlsIdentity): void {
  if (isShown(identity) || (identity.cert ?? identity.key) === undefined) return;
  throw new TypeError(`${name} needs both cert and key`);
}

/** Node has no way to tell a server that listens. @throws TypeError */
function assertSame(before: Required<Asked>, after: Required<Asked>): void {
  for (const name of ["requestCert", "rejectUnauthorized"] as const) {
    if (before[name] !== after[name]) throw new TypeError(`${name} can't change while somebody listens`);
  }
}

/** @throws TypeError */
function askedOf(options: Asked, { ca }: TlsIdentity): Required<Asked> {
  const { requestCert = false, rejectUnauthorized = true } = options;
  for (const [name, value] of Object.entries({ requestCert, rejectUnauthorized })) {
    if (typeof value !== "boolean")
      throw new TypeError(`${name} must be true or false, got ${String(value)}`);
  }
  if (requestCert && ca === undefined) throw new TypeError("requestCert needs ca: whose clients are let in");
  return { requestCert, rejectUnauthorized };
}

/** @throws TypeError, or Error with OpenSSL's code */
function load({ names = {}, handshakeTimeoutMs = DEFAULT_HANDSHAKE_TIMEOUT_MS, ...all }: TlsOptions): Loaded {
  if (typeof handshakeTimeoutMs !== "number" || !(handshakeTimeoutMs >= 0)) {
    throw new TypeError(
      `handshakeTimeoutMs must be a number of at least 0, got ${String(handshakeTimeoutMs)}`,
    );
  }
  const { requestCert: _requestCert, rejectUnauthorized: _rejectUnauthorized, ...given } = all;
  assertWhole("tls", given);
  const identity: TlsIdentity = { minVersion: "TLSv1.2", ...given };
  const asked = askedOf(all, given);
  const { createSecureContext } = nodeTls();
  const { cert: _cert, key: _key, pfx: _pfx, passphrase: _passphrase, ...policy } = identity;
  const contexts = Object.entries(names).map(([name, theirs]) => {
    if (!isShown(theirs ?? {})) throw new TypeError(`tls.names["${name}"] needs both cert and key`);
    // A session that began by one name may go on by another, and requests name any: who is let in is so by all.
    if (asked.requestCert && theirs.ca !== undefined)
      throw new TypeError(
        `tls.names["${name}"] can't have a ca of its own: whom the whole's has signed are let in`,
      );
    return [name.toLowerCase(), createSecureContext({ ...policy, ...theirs })] as const;
  });
  return {
    identity,
    asked,
    standard: createSecureContext(identity),
    names: new Map(contexts),
    handshakeTimeoutMs: handshakeTimeoutMs < 2 ** 31 ? handshakeTimeoutMs : 0, // Node takes more for no time at all
  };
}
