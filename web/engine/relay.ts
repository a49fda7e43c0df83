/**
 * The program's ports on the page's network: whoever connects to one here is let through to the program. So the
 * conditions, the taps and the limits are on the page's side, where the program can't reach them.
 */
import type { Listener, Network, Socket } from "../../src/socket/index.ts";

/** Ports that a program may listen on at a time. */
const MAX_PORTS = 64;

export class Relay {
  readonly #outside: Network;
  readonly #program: Network;
  readonly #listeners = new Map<number, Promise<Listener | undefined>>();

  constructor(outside: Network, program: Network) {
    this.#outside = outside;
    this.#program = program;
  }

  /** @returns whether the port can be reached now. */
  async open(port: number): Promise<boolean> {
    if (this.#listeners.has(port) || this.#listeners.size >= MAX_PORTS) return false;
    const opening = this.#outside.listen({ port }).catch(() => undefined);
    this.#listeners.set(port, opening);
    const listener = await opening;
    if (!listener) return false;
    void this.#acceptAll(listener, port);
    return true;
  }

  async close(port: number): Promise<void> {
    const listener = this.#listeners.get(port);
    this.#listeners.delete(port);
    await (await listener)?.close();
  }

  closeAll(): void {
    for (const port of [...this.#listeners.keys()]) void this.close(port);
  }

  async #acceptAll(listener: Listener, port: number): Promise<void> {
    for (;;) {
      const socket = await listener.accept().catch(() => undefined);
      if (!socket) return;
      void this.#letThrough(socket, port);
    }
  }

  async #letThrough(socket: Socket, port: number): Promise<void> {
    try {
      const inside = await this.#program.connect({ host: "localhost", port });
      join(socket, inside);
      join(inside, socket);
    } catch {
      socket.destroy();
    }
  }
}

/** Bytes, ends, back-pressure and resets of one socket go on to the other. */
function join(from: Socket, to: Socket): void {
  from.open({
    onData(bytes) {
      if (!to.write(bytes)) from.pause();
    },
    onEnd: () => to.end(),
    onDrain: () => to.resume(),
    onClose(error) {
      if (error) to.destroy(error);
    },
  });
}
