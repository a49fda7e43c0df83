import type { SecureContextOptions } from "node:tls";

/**
 * One identity of a TLS server: its certificate chain and private key, and whatever else Node's
 * `tls.createSecureContext` takes (`ciphers`, `minVersion`, `pfx`, `passphrase`, ...). A file that
 * Let's Encrypt calls `fullchain.pem` goes into `cert`, `privkey.pem` into `key`.
 */
export type TlsIdentity = SecureContextOptions;

/**
 * Options of TLS. What stands here directly is the identity that clients are shown which name no server, or
 * one that `names` does not have.
 */
export interface TlsOptions extends TlsIdentity {
  /**
   * Further identities by the name that the client asks for (SNI, RFC 6066 section 3): `"example.test"`, or
   * `"*.example.test"` for every name one label longer. An exact name goes before a wildcard. Default: none.
   * With `requestCert` none of them has a `ca` of its own: which client is let in does not depend on the name.
   */
  readonly names?: Readonly<Record<string, TlsIdentity>>;
  /**
   * What `connect` trusts, in PEM: certificates of authorities, or the server's own. Default: the list that
   * came with Node. Where `requestCert` is set, also the authorities whose clients are let in.
   */
  readonly ca?: SecureContextOptions["ca"];
  /**
   * Asks clients for a certificate (RFC 8446 section 4.3.2) that one of `ca` has signed; `ca` has to be given then, since
   * whom the web's authorities know is anybody. `peerCertificate` tells whose it is. `connect` shows `cert` to a server
   * that asks for it, without this option. Stays as it is while somebody listens. Default false.
   */
  readonly requestCert?: boolean;
  /**
   * What becomes of a client without such a certificate: `true` ends its handshake, so that no request of it is read,
   * `false` serves it, as one that has none. Counts only with `requestCert`; what `connect` asks of a server is never
   * less. Stays as it is while somebody listens. Default true.
   */
  readonly rejectUnauthorized?: boolean;
  /**
   * Milliseconds that a client has from its connection to the end of the handshake; then the connection is
   * reset. Default 10,000 (Node has 120,000, nginx 60,000: an honest client needs two round trips). 0 waits
   * for ever.
   */
  readonly handshakeTimeoutMs?: number;
}

export const DEFAULT_HANDSHAKE_TIMEOUT_MS = 10_000;

/** The one protocol that Portico speaks over TLS, by its ALPN name (RFC 7301 section 6). */
export const ALPN = ["http/1.1"];
