/** Which engine runs the program, and why not another one: always in sight, and the place to choose. */
import { byId, h } from "../app/dom.ts";
import type { SessionState } from "../app/session.ts";
import { ENGINE_KINDS, type EngineKind } from "../engine/engine.ts";
import type { LadderState } from "../engine/ladder.ts";

const TITLES: Readonly<Record<EngineKind, string>> = {
  page: "This page",
  "service worker": "Page and service worker",
  WebContainer: "Node in a WebContainer",
};

const STATES: Readonly<Record<SessionState, string>> = {
  stopped: "ready",
  starting: "starting",
  running: "running",
  ended: "ended",
};

export interface EngineEvents {
  onChoose(kind: EngineKind): void;
  /** Boot what sleeps, or try again what failed. */
  onAgain(): void;
}

export class EnginePanel {
  readonly #status = byId("engine", HTMLElement);
  readonly #choice = byId("engine-choice", HTMLSelectElement);
  readonly #again = byId("engine-again", HTMLButtonElement);

  constructor({ onChoose, onAgain }: EngineEvents) {
    this.#choice.append(...ENGINE_KINDS.map((kind) => h("option", { value: kind }, TITLES[kind])));
    this.#choice.addEventListener("change", () => {
      const kind = ENGINE_KINDS.find((each) => each === this.#choice.value);
      if (kind) onChoose(kind);
    });
    this.#again.addEventListener("click", onAgain);
  }

  show(inUse: EngineKind, { wanted, phase, reason }: LadderState, state: SessionState): void {
    const text = phase === "opening" ? `${wanted} engine: opening` : `${inUse} engine: ${STATES[state]}`;
    this.#status.dataset.state = phase === "opening" ? "starting" : state;
    this.#status.textContent = reason === undefined ? text : `${text} (${reason})`;
    this.#status.title = this.#status.textContent;
    this.#choice.value = wanted;
    this.#again.hidden = phase === "opening" || reason === undefined;
    this.#again.textContent = phase === "asleep" ? "Boot" : "Retry";
  }
}
