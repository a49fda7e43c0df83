/** The rows of the wire, of which only those in sight are in the page. A list box: arrows move the choice. */
import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from "@tanstack/virtual-core";
import { h } from "../app/dom.ts";
import { describeRow, sizeOf } from "./describe.ts";
import type { Row } from "./recorder.ts";

const ROW_HEIGHT = 24;

export class RowList {
  readonly element: HTMLElement;
  readonly #inner = h("div");
  readonly #onChoose: (row: Row | undefined) => void;
  readonly #virtualizer: Virtualizer<HTMLElement, HTMLElement>;
  #rows: readonly Row[] = [];
  #startedAt = 0;
  #chosen: Row | undefined;
  #following = true;

  constructor(onChoose: (row: Row | undefined) => void) {
    this.#onChoose = onChoose;
    this.element = h(
      "div",
      { class: "rows", role: "listbox", tabindex: 0, "aria-label": "What went over the wire" },
      this.#inner,
    );
    this.#virtualizer = new Virtualizer<HTMLElement, HTMLElement>(this.#options());
    this.element.addEventListener("keydown", (event) => this.#onKey(event));
    this.element.addEventListener("scroll", () => {
      const { scrollTop, clientHeight, scrollHeight } = this.element;
      this.#following = scrollTop + clientHeight >= scrollHeight - ROW_HEIGHT;
    });
    this.#inner.addEventListener("click", (event) => {
      const row = (event.target as Element).closest<HTMLElement>("[data-index]");
      if (row) this.#choose(Number(row.dataset.index));
    });
  }

  /** Called once the element is in the page. */
  mount(): () => void {
    const unmount = this.#virtualizer._didMount();
    this.#virtualizer._willUpdate();
    return unmount;
  }

  get chosen(): Row | undefined {
    return this.#chosen;
  }

  show(rows: readonly Row[], startedAt: number): void {
    this.#rows = rows;
    this.#startedAt = startedAt;
    this.#virtualizer.setOptions(this.#options());
    this.#virtualizer._willUpdate();
    if (this.#chosen && !rows.includes(this.#chosen)) this.#chosen = undefined;
    if (this.#following && rows.length > 0)
      this.#virtualizer.scrollToIndex(rows.length - 1, { align: "end" });
    this.#draw();
  }

  #options() {
    return {
      count: this.#rows.length,
      getScrollElement: () => this.element,
      estimateSize: () => ROW_HEIGHT,
      overscan: 12,
      observeElementRect,
      observeElementOffset,
      scrollToFn: elementScroll,
      onChange: () => this.#draw(),
    };
  }

  #draw(): void {
    this.#inner.style.height = `${this.#virtualizer.getTotalSize()}px`;
    const items = this.#virtualizer.getVirtualItems();
    this.#inner.replaceChildren(...items.map(({ index, start }) => this.#row(index, start)));
    const chosen = this.#chosen && items.some(({ index }) => this.#rows[index] === this.#chosen);
    if (chosen)
      this.element.setAttribute("aria-activedescendant", `row-${this.#rows.indexOf(this.#chosen!)}`);
    else this.element.removeAttribute("aria-activedescendant");
  }

  #row(index: number, start: number): HTMLElement {
    const row = this.#rows[index]!;
    const directed = row.type === "segment" || row.type === "end" ? row.direction : "";
    const kind =
      row.type === "segment" ? "" : row.type === "failed" || row.type === "reset" ? "event fault" : "event";
    const way = directed === "toServer" ? "→" : directed === "toClient" ? "←" : "·";
    const element = h(
      "div",
      {
        class: `row ${directed} ${kind}`,
        role: "option",
        id: `row-${index}`,
        "data-index": index,
        "aria-posinset": index + 1,
        "aria-setsize": this.#rows.length,
        "aria-selected": String(row === this.#chosen),
      },
      h("span", { class: "time" }, (row.time - this.#startedAt).toFixed(0).concat(" ms")),
      h(
        "span",
        { class: "way", title: directed === "toServer" ? "to the server" : directed ? "to the client" : "" },
        `${row.connection?.id ?? ""}${way}`,
      ),
      h("span", { class: "size" }, row.type === "segment" ? sizeOf(row.to - row.from) : ""),
      h("span", { class: "what" }, describeRow(row)),
    );
    element.style.transform = `translateY(${start}px)`;
    return element;
  }

  #onKey(event: KeyboardEvent): void {
    const at = this.#chosen ? this.#rows.indexOf(this.#chosen) : -1;
    const page = Math.max(1, Math.floor(this.element.clientHeight / ROW_HEIGHT) - 1);
    const targets: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at < 0 ? this.#rows.length - 1 : at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: this.#rows.length - 1,
    };
    const target = targets[event.key];
    if (target === undefined || this.#rows.length === 0) return;
    event.preventDefault();
    this.#choose(Math.min(Math.max(0, target), this.#rows.length - 1));
  }

  #choose(index: number): void {
    this.#chosen = this.#rows[index];
    this.#following = false;
    this.#virtualizer.scrollToIndex(index);
    this.#draw();
    this.#onChoose(this.#chosen);
  }
}
