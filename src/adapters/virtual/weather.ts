import type { Clock } from "../../socket/index.ts";
import { type Conditions, checked, conditionsAt, isCalm } from "./conditions.ts";
import { Line } from "./line.ts";
import { deriveSeed, randomNumbers } from "./random.ts";
import type { VirtualSocket } from "./socket.ts";

/** The conditions of a network as they are now, and who waits under them. */
export class Weather {
  readonly clock: Clock;
  /** How often it has changed. */
  changes = 0;
  /** Sockets to which something is under way. */
  readonly waiting = new Set<VirtualSocket>();
  readonly #seed: number;
  #conditions!: Conditions;

  /** @throws RangeError */
  constructor(conditions: Conditions, seed: number, clock: Clock) {
    this.conditions = conditions;
    this.#seed = seed;
    this.clock = clock;
  }

  get conditions(): Conditions {
    return this.#conditions;
  }

  set conditions(conditions: Conditions) {
    this.#conditions = checked(conditions);
    this.changes++;
    for (const socket of [...this.waiting]) socket.weatherChanged();
  }

  /** The line on which `socket` receives from now on, `undefined` where that is instant and faultless. */
  lineTo(socket: VirtualSocket): Line | undefined {
    const atServer = socket.role === "server";
    const { port } = atServer ? socket.localAddress : socket.remoteAddress;
    const flow = conditionsAt(this.#conditions, port, atServer ? "toServer" : "toClient");
    if (isCalm(flow)) return undefined;
    const seed = deriveSeed(this.#seed, socket.connection, atServer ? 0 : 1);
    return new Line(flow, randomNumbers(seed), socket.openedAt, this.clock.now(), socket.bytesRead);
  }
}
