/**
 * The part of Deno's own API that the adapter uses, as types: the package needs no types of Deno's, and
 * whoever reads the adapter sees what it relies on.
 */

interface RawAddress {
  readonly hostname: string;
  readonly port: number;
}

/** A TCP connection. Every promise rejects with `BadResource` or `Interrupted` once it was closed here. */
export interface RawConnection {
  readonly localAddr: RawAddress;
  readonly remoteAddr: RawAddress;
  /** Reads into `room`: how many bytes came, or `null` at the peer's end. */
  read(room: Uint8Array): Promise<number | null>;
  /** Writes some of the bytes, and says how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** Half-closes. */
  closeWrite(): Promise<void>;
  close(): void;
  setNoDelay(on?: boolean): void;
}

export interface RawListener {
  readonly addr: RawAddress;
  /** One at a time. */
  accept(): Promise<RawConnection>;
  close(): void;
}

export interface Runtime {
  listen(options: { readonly hostname: string; readonly port: number }): RawListener;
  connect(options: {
    readonly hostname: string;
    readonly port: number;
    readonly signal?: AbortSignal;
  }): Promise<RawConnection>;
}

/** @throws TypeError elsewhere than on Deno. */
export function runtime(): Runtime {
  const { Deno } = globalThis as { Deno?: Runtime };
  if (Deno === undefined) throw new TypeError("DenoNetwork works on Deno only");
  return Deno;
}
