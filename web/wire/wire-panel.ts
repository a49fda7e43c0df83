/** The wire view: rows and their bytes, or a picture of the exchange. */
import { button, byId, choice, eachFrame } from "../app/dom.ts";
import { Inspector } from "./inspector.ts";
import type { Connection, Recorder, Row } from "./recorder.ts";
import { RowList } from "./row-list.ts";
import { rowsToDraw, sequenceDiagram } from "./sequence.ts";

export class WirePanel {
  readonly #panel = byId("wire", HTMLElement);
  readonly #count = byId("wire-count", HTMLElement);
  readonly #recorder: () => Recorder;
  readonly #inspector = new Inspector();
  readonly #list = new RowList((row) => this.#inspector.show(row));
  #view: "segments" | "sequence" = "segments";
  readonly changed = eachFrame(() => this.#draw());

  constructor(recorder: () => Recorder) {
    this.#recorder = recorder;
    choice({ segments: "show-segments", sequence: "show-sequence" }, (view) => this.#show(view));
    button("clear-wire", () => this.#recorder().clear());
    this.#panel.append(this.#list.element, this.#inspector.element);
    this.#list.mount();
  }

  #show(view: "segments" | "sequence"): void {
    this.#view = view;
    if (view === "segments") this.#panel.replaceChildren(this.#list.element, this.#inspector.element);
    this.#draw();
  }

  #draw(): void {
    const { rows, forgotten, startedAt = 0 } = this.#recorder();
    const connections = new Set(rows.map((row) => row.connection)).size;
    const count =
      rows.length === 0
        ? ""
        : `${counted(rows.length + forgotten, "row")}, ${counted(connections, "connection")}`;
    if (this.#count.textContent !== count) this.#count.textContent = count;
    if (this.#view === "segments") {
      this.#list.show(rows, startedAt);
      this.#chooseFirst(rows);
    } else {
      const drawn = rowsToDraw(rows, this.#connectionToDraw(rows));
      this.#panel.replaceChildren(sequenceDiagram(drawn, startedAt));
    }
  }

  /** Without a choice, the newest request explains itself. */
  #chooseFirst(rows: readonly Row[]): void {
    if (this.#list.chosen) return;
    this.#inspector.show(
      rows.findLast((row) => row.type === "segment" && row.from === 0 && row.direction === "toServer"),
    );
  }

  #connectionToDraw(rows: readonly Row[]): Connection | undefined {
    return (this.#list.chosen ?? rows.at(-1))?.connection;
  }
}

function counted(count: number, what: string): string {
  return `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`;
}
