/** What bytes mean, as stretches of a direction's stream. */

export type ItemKind =
  | "request-line"
  | "status-line"
  | "field"
  | "blank"
  | "body"
  | "chunk-size"
  | "chunk-data"
  | "chunk-end"
  | "trailer"
  | "frame-header"
  | "frame-payload"
  | "problem"
  | "unknown";

/** A part of an item with a colour of its own. */
export interface Token {
  readonly from: number;
  readonly to: number;
  readonly role: "name" | "value" | "punctuation";
}

export interface Item {
  readonly kind: ItemKind;
  /** Offsets in the stream, the second one exclusive. */
  readonly from: number;
  readonly to: number;
  /** What it is. */
  readonly label: string;
  /** What it says. */
  readonly detail?: string;
  readonly tokens?: readonly Token[];
}

/** Items kept of one direction. */
const MAX_ITEMS = 200_000;

/** Items in the order of their bytes. The last one may still grow. */
export class ItemList {
  #items: Item[] = [];
  #growing: ItemKind | undefined;
  /** Verdicts on whole heads, which overlap with the items that they are about. */
  readonly problems: Item[] = [];

  get length(): number {
    return this.#items.length;
  }

  add(item: Item): void {
    this.#growing = undefined;
    if (this.#items.length < MAX_ITEMS) this.#items.push(item);
  }

  flag(problem: Item): void {
    this.#growing = undefined;
    this.problems.push(problem);
  }

  /** Bytes that go on with the item before when that is of the same kind. */
  grow(kind: ItemKind, label: string, at: number, length: number): void {
    const last = this.#items.at(-1);
    if (last && this.#growing === kind && last.to === at) {
      this.#items[this.#items.length - 1] = { ...last, to: at + length };
      return;
    }
    this.add({ kind, label, from: at, to: at + length });
    this.#growing = kind;
  }

  /** What comes next is an item of its own. */
  seal(): void {
    this.#growing = undefined;
  }

  /** The items that share bytes with a stretch. */
  within(from: number, to: number): Item[] {
    let low = 0;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#items[middle]!.to <= from) low = middle + 1;
      else high = middle;
    }
    const found: Item[] = this.problems.filter((item) => item.from < to && item.to > from);
    for (let index = low; index < this.#items.length && this.#items[index]!.from < to; index++) {
      found.push(this.#items[index]!);
    }
    return found;
  }
}
