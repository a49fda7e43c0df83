/** What a process writes to its terminal, as lines for the console, and what they say about its end. */
import { BATCH_ENTRIES, type ConsoleEntry, ENTRY_CHARACTERS, type Place } from "../sandbox/protocol.ts";

const BATCH_MS = 100;
/** The last lines, in which a program that failed says why. */
const KEPT_LINES = 80;
// biome-ignore lint/suspicious/noControlCharactersInRegex: what colours a terminal begins with one
const ESCAPES = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007]*\u0007|[@-Z\\-_])/g;

export class OutputLines {
  readonly #onBatch: (entries: readonly ConsoleEntry[], dropped: number) => void;
  #rest = "";
  #batch: ConsoleEntry[] = [];
  #dropped = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last: string[] = [];

  /** @param onBatch at most every 100 ms, with at most 100 lines, and how many more there were */
  constructor(onBatch: (entries: readonly ConsoleEntry[], dropped: number) => void) {
    this.#onBatch = onBatch;
  }

  write(text: string): void {
    const lines = (this.#rest + text).replace(ESCAPES, "").split(/\r*\n/);
    this.#rest = (lines.pop() ?? "").slice(-ENTRY_CHARACTERS);
    for (const line of lines) this.#add(line);
  }

  /** There is no more. */
  end(): void {
    if (this.#rest !== "") this.#add(this.#rest);
    this.#rest = "";
    this.#flush();
  }

  /** The error that ended the program, as Node wrote it. */
  failure(program: string): { readonly text: string; readonly place: Place | undefined } | undefined {
    const at = this.#last.findLastIndex((line) => /^(?:Uncaught )?\w*(?:Error|Exception)\b.*/.test(line));
    const text = this.#last[at];
    if (text === undefined) return undefined;
    const place = new RegExp(`${program.replaceAll(".", "\\.")}:(\\d+)(?::(\\d+))?`);
    // The stack comes after the error; of what does not parse, the place comes before.
    const around = [...this.#last.slice(at), ...this.#last.slice(0, at).reverse()];
    const found = around.map((line) => place.exec(line)).find(Boolean);
    return { text, place: found ? { line: Number(found[1]), column: Number(found[2] ?? 1) } : undefined };
  }

  #add(text: string): void {
    this.#last.push(text);
    if (this.#last.length > KEPT_LINES) this.#last.shift();
    if (this.#batch.length < BATCH_ENTRIES)
      this.#batch.push({ level: "log", text: text.slice(0, ENTRY_CHARACTERS) });
    else this.#dropped++;
    this.#timer ??= setTimeout(() => this.#flush(), BATCH_MS);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#batch.length > 0) this.#onBatch(this.#batch, this.#dropped);
    this.#batch = [];
    this.#dropped = 0;
  }
}
