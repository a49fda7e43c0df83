/** The console: the newest lines, repeated ones counted, and places in the program to go to. */
import { button, byId, eachFrame, h } from "../app/dom.ts";
import type { ConsoleEntry, Place } from "../sandbox/protocol.ts";

const MAX_LINES = 500;

type Kind = ConsoleEntry["level"] | "note";
interface Line {
  readonly kind: Kind;
  readonly text: string;
  readonly place?: Place | undefined;
}

export class ConsolePanel {
  readonly #output = byId("console", HTMLElement);
  readonly #goTo: (place: Place) => void;
  #waiting: Line[] = [];
  #lost = 0;
  readonly #draw = eachFrame(() => this.#flush());

  constructor(goTo: (place: Place) => void) {
    this.#goTo = goTo;
    button("clear-console", () => this.clear());
  }

  clear(): void {
    this.#waiting = [];
    this.#lost = 0;
    this.#output.replaceChildren();
  }

  write(entries: readonly ConsoleEntry[], dropped = 0): void {
    for (const { level, text } of entries) this.#add({ kind: level, text });
    this.#lost += dropped;
    this.#draw();
  }

  fail(text: string, place: Place | undefined): void {
    this.#add({ kind: "error", text, place });
    this.#draw();
  }

  note(text: string): void {
    this.#add({ kind: "note", text });
    this.#draw();
  }

  #add(line: Line): void {
    this.#waiting.push(line);
    if (this.#waiting.length <= MAX_LINES) return;
    this.#waiting.shift();
    this.#lost++;
  }

  #flush(): void {
    const output = this.#output;
    const atEnd = output.scrollTop + output.clientHeight >= output.scrollHeight - 8;
    if (this.#lost > 0) output.append(h("div", { class: "note" }, `… ${this.#lost} lines were dropped`));
    output.append(...this.#waiting.map((line) => this.#element(line)));
    this.#waiting = [];
    this.#lost = 0;
    while (output.childElementCount > MAX_LINES) output.firstElementChild?.remove();
    if (atEnd) output.scrollTop = output.scrollHeight;
  }

  #element({ kind, text, place }: Line): HTMLElement {
    const element = h("div", { class: kind }, text);
    if (!place) return element;
    const link = h("button", { type: "button" }, `line ${place.line}`);
    link.addEventListener("click", () => this.#goTo(place));
    element.append(" (", link, ")");
    return element;
  }
}
