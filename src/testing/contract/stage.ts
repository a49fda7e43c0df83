import { afterAll, afterEach, beforeAll, beforeEach, it } from "vitest";
import type { Listener, ListenSpec, Network, Socket, SocketEvents } from "../../socket/index.ts";
import { WireClient } from "../wire-client.ts";

/** What an adapter gives the suite. */
export interface ContractSubject {
  readonly network: Network;
  /** Options of every `listen`; the port should be 0. */
  readonly listen: ListenSpec;
  /** The host that reaches such a listener. */
  readonly host: string;
  dispose?(): void | Promise<void>;
}

/** What a transport may honestly be without. */
export type Feature =
  /** The peer of a destroyed socket is told `ECONNRESET`. */
  | "reset"
  /** Both ends have addresses, with the ports of the connection. */
  | "addresses"
  /** A taken port is `EADDRINUSE`. */
  | "address in use"
  /** `connect` to where nobody listens is `ECONNREFUSED`. */
  | "refusal"
  /** `descriptors` counts the network's sockets. */
  | "descriptors";

/** How `socketContract` runs. */
export interface ContractOptions {
  /** Runs once, before the first case. */
  setup(): ContractSubject | Promise<ContractSubject>;
  /** What the transport can't do, each with the reason: its cases are skipped, and the report says why. Default: nothing. */
  readonly lacks?: Partial<Record<Feature, string>>;
  /** More bytes than any sender can get rid of while the receiver is paused. Default 64 MiB. */
  readonly stallBytes?: number;
}

/** Both ends of a connection: `near` connected, `far` was accepted. */
export interface Pair<End> {
  readonly near: End;
  readonly far: End;
}

/** The scene of every case: a fresh listener, and connections to it that are cleared away afterwards. */
export class Stage {
  readonly #options: ContractOptions;
  readonly #sockets: Socket[] = [];
  #subject: ContractSubject | undefined;
  #listener: Listener | undefined;

  constructor(options: ContractOptions) {
    this.#options = options;
    beforeAll(async () => {
      this.#subject = await options.setup();
    });
    beforeEach(async () => {
      this.#listener = await this.listen();
    });
    afterEach(async () => {
      for (const socket of this.#sockets.splice(0)) socket.destroy();
      await this.listener.close();
    });
    afterAll(() => this.#subject?.dispose?.());
  }

  get stallBytes(): number {
    return this.#options.stallBytes ?? 64 * 1024 * 1024;
  }

  get network(): Network {
    return this.#there(this.#subject).network;
  }

  get host(): string {
    return this.#there(this.#subject).host;
  }

  get listener(): Listener {
    return this.#there(this.#listener);
  }

  get port(): number {
    return this.listener.address.port;
  }

  /** One more listener, or one on a given port. */
  listen(port = 0): Promise<Listener> {
    return this.network.listen({ ...this.#there(this.#subject).listen, port });
  }

  async connect(signal?: AbortSignal): Promise<Socket> {
    const spec = { host: this.host, port: this.port };
    return this.#keep(await this.network.connect(signal ? { ...spec, signal } : spec));
  }

  async accept(): Promise<Socket> {
    return this.#keep(await this.listener.accept());
  }

  /** A connection whose ends nobody opened. */
  async pair(): Promise<Pair<Socket>> {
    const near = await this.connect();
    return { near, far: await this.accept() };
  }

  /** A connection with both ends open. */
  async wire(options: { paused?: "near" | "far" } = {}): Promise<Pair<WireClient>> {
    const { near, far } = await this.pair();
    return {
      near: new WireClient(near, { paused: options.paused === "near" }),
      far: new WireClient(far, { paused: options.paused === "far" }),
    };
  }

  /** A case that only transports with the feature run. */
  needs(feature: Feature, name: string, run: () => Promise<void>): void {
    const reason = this.#options.lacks?.[feature];
    if (reason === undefined) it(name, run);
    else it.skip(`${name} (${reason})`, run);
  }

  lacks(feature: Feature): boolean {
    return this.#options.lacks?.[feature] !== undefined;
  }

  #keep(socket: Socket): Socket {
    this.#sockets.push(socket);
    return socket;
  }

  #there<T>(value: T | undefined): T {
    if (value === undefined) throw new Error("The stage is set up before each case, not before");
    return value;
  }
}

/** A consumer that listens to some events only. */
export function consumer(events: Partial<SocketEvents>): SocketEvents {
  const ignore = () => {};
  return { onData: ignore, onEnd: ignore, onDrain: ignore, onClose: ignore, ...events };
}

/** The events without drains, runs of data as one. */
export function order(end: WireClient): string[] {
  const kinds = end.events.filter((event) => event !== "drain").map((event) => event.split(" ")[0] ?? "");
  return kinds.filter((kind, at) => kind !== "data" || kinds[at - 1] !== "data");
}
