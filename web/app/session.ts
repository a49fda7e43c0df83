/** A program's life in the playground: stopped, starting, running, ended. */
import type { Engine, ProgramEvents, Run } from "../engine/engine.ts";

export type SessionState = "stopped" | "starting" | "running" | "ended";

export interface SessionEvents extends Omit<ProgramEvents, "onListen" | "onUnlisten"> {
  onState(state: SessionState): void;
  onPorts(ports: readonly number[]): void;
}

/** How long `listening` waits for the first port. */
const LISTEN_MS = 5000;

export class Session {
  readonly #engineInUse: () => Engine;
  readonly #events: SessionEvents;
  #state: SessionState = "stopped";
  #engine: Engine;
  #run: Run | undefined;
  #ports: number[] = [];
  /** Counts the runs: what an older one still says is not heard. */
  #current = 0;
  #waiting: ((port: number | undefined) => void)[] = [];

  /** @param engine which one the next program runs on */
  constructor(engine: () => Engine, events: SessionEvents) {
    this.#engineInUse = engine;
    this.#engine = engine();
    this.#events = events;
  }

  /** The one that the program runs on, or ran on last. */
  get engine(): Engine {
    return this.#engine;
  }

  get state(): SessionState {
    return this.#state;
  }

  /** @throws CompileError */
  async start(source: string): Promise<void> {
    this.stop();
    this.#engine = this.#engineInUse();
    const current = ++this.#current;
    this.#become("starting");
    const heard =
      <Args extends unknown[]>(handler: (...args: Args) => void) =>
      (...args: Args) => {
        if (current === this.#current) handler(...args);
      };
    const { onConsole, onFailure, onEnd } = this.#events;
    try {
      const run = await this.#engine.start(source, {
        onConsole: heard(onConsole),
        onFailure: heard(onFailure),
        onListen: heard((port) => this.#setPorts([...this.#ports, port])),
        onUnlisten: heard((port) => this.#setPorts(this.#ports.filter((other) => other !== port))),
        onEnd: heard((reason) => {
          this.#over("ended");
          onEnd(reason);
        }),
      });
      if (current !== this.#current) return run.stop();
      this.#run = run;
      if (this.#state === "starting") this.#become("running");
    } catch (error) {
      if (current === this.#current) this.#over("ended");
      throw error;
    }
  }

  stop(): void {
    if (this.#state === "stopped") return;
    this.#current++;
    this.#run?.stop();
    this.#over("stopped");
  }

  /** The program's first port, once it listens; `undefined` when it does not, or not soon. */
  async listening(): Promise<number | undefined> {
    if (this.#ports.length > 0 || this.#state === "stopped" || this.#state === "ended") return this.#ports[0];
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      setTimeout(() => resolve(undefined), LISTEN_MS);
    });
  }

  #over(state: "stopped" | "ended"): void {
    this.#run = undefined;
    this.#setPorts([]);
    this.#become(state);
    this.#settle(undefined);
  }

  #setPorts(ports: number[]): void {
    this.#ports = ports;
    this.#events.onPorts(ports);
    if (ports.length > 0) this.#settle(ports[0]);
  }

  #settle(port: number | undefined): void {
    for (const resolve of this.#waiting.splice(0)) resolve(port);
  }

  #become(state: SessionState): void {
    this.#state = state;
    this.#events.onState(state);
  }
}
