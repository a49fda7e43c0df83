/**
 * Which engine is in use. The one that is wanted is tried, then the ones below it, down to the page engine, which is
 * always there; why one can't be had is kept for people to read. Every attempt is bounded in time by the engine itself.
 */
import { ENGINE_KINDS, type Engine, type EngineKind } from "./engine.ts";

/** Opens an engine, or rejects with an `Error` whose message is the reason, for people. */
export type Rung = () => Promise<Engine>;

export interface LadderState {
  readonly wanted: EngineKind;
  /** `asleep`: the wanted one waits for somebody to say so. */
  readonly phase: "asleep" | "opening" | "settled";
  /** Why the wanted one is not the one in use. */
  readonly reason: string | undefined;
}

export class Ladder {
  readonly #page: Engine;
  readonly #rungs: Readonly<Record<Exclude<EngineKind, "page">, Rung>>;
  readonly #onChange: () => void;
  #engine: Engine;
  #state: LadderState = { wanted: "page", phase: "settled", reason: undefined };
  #opening: Promise<void> = Promise.resolve();
  /** Counts the wishes: what an older one comes to is not used. */
  #wish = 0;

  /** @param onChange the engine in use, or the state, is another one */
  constructor(
    page: Engine,
    rungs: Readonly<Record<Exclude<EngineKind, "page">, Rung>>,
    onChange: () => void,
  ) {
    this.#page = page;
    this.#engine = page;
    this.#rungs = rungs;
    this.#onChange = onChange;
  }

  get engine(): Engine {
    return this.#engine;
  }

  get state(): LadderState {
    return this.#state;
  }

  /** Wants an engine without opening it yet: it costs something that the visitor has to agree to. */
  sleep(wanted: EngineKind, reason: string): void {
    this.#wish++;
    this.#become({ wanted, phase: "asleep", reason });
  }

  /** Opens the wanted engine, or the next one below that can be had. Never rejects. */
  want(wanted: EngineKind): Promise<void> {
    this.#opening = this.#climb(wanted);
    return this.#opening;
  }

  /** Resolves when no engine is being opened. */
  async settled(): Promise<void> {
    while (this.#state.phase === "opening") await this.#opening;
  }

  async #climb(wanted: EngineKind): Promise<void> {
    const wish = ++this.#wish;
    const reasons: string[] = [];
    this.#use(this.#page);
    this.#become({ wanted, phase: "opening", reason: undefined });
    const below = ENGINE_KINDS.slice(0, ENGINE_KINDS.indexOf(wanted) + 1).reverse();
    for (const kind of below) {
      const engine = await this.#open(kind, reasons);
      if (wish !== this.#wish) return engine?.close?.();
      if (!engine) continue;
      this.#use(engine);
      this.#become({ wanted, phase: "settled", reason: reasons.join("; ") || undefined });
      void engine.gone?.then((reason) => this.#lose(engine, reason));
      return;
    }
  }

  retry(): Promise<void> {
    return this.want(this.#state.wanted);
  }

  async #open(kind: EngineKind, reasons: string[]): Promise<Engine | undefined> {
    if (kind === "page") return this.#page;
    try {
      return await this.#rungs[kind]();
    } catch (error) {
      reasons.push(`${kind}: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }

  #lose(engine: Engine, reason: string): void {
    if (engine !== this.#engine) return;
    this.#use(this.#page);
    this.#become({ ...this.#state, phase: "settled", reason: `${engine.kind}: ${reason}` });
  }

  #use(engine: Engine): void {
    const before = this.#engine;
    this.#engine = engine;
    if (before !== engine && before !== this.#page) before.close?.();
  }

  #become(state: LadderState): void {
    this.#state = state;
    this.#onChange();
  }
}
