/**
 * Bytes of one direction of a connection, explained: which are the request line, a field, a chunk's size, a frame.
 *
 * Strategy: it is fed what is sent, in any pieces, and finds lines and counted stretches on its own, so that every
 * item knows its place. What a head means, and whether it is valid at all, Portico's own readers decide: a complete
 * head goes through one of them, which gives the framing of the body, or the fault.
 */
import { CHUNKED, type Framing, UNTIL_CLOSE } from "../../src/http1/framing.ts";
import { DEFAULT_LIMITS } from "../../src/http1/limits.ts";
import { RequestReader } from "../../src/http1/request-reader.ts";
import { ResponseReader } from "../../src/http1/response-reader.ts";
import { FrameScanner } from "./frames.ts";
import { type Item, ItemList } from "./items.ts";
import { lineItem } from "./lines.ts";

export type Side = "request" | "response";
type State =
  | "head"
  | "length"
  | "until-close"
  | "chunk-size"
  | "chunk-data"
  | "chunk-end"
  | "trailers"
  | "frames"
  | "opaque";

/** What the two directions of a connection have to know of each other. */
export class Dialogue {
  /** Methods of requests that no final response came for yet. */
  readonly methods: string[] = [];
  upgraded = false;
}

const LF = 10;
const MAX_LINE = 65_536;

export class Annotator {
  readonly items = new ItemList();
  readonly #side: Side;
  readonly #dialogue: Dialogue;
  #state: State = "head";
  /** Where the next byte stands. */
  #at = 0;
  #line: number[] = [];
  #lineFrom = 0;
  #head: number[] = [];
  #headFrom = 0;
  #headLines = 0;
  #left = 0;
  #frames: FrameScanner | undefined;

  constructor(side: Side, dialogue: Dialogue) {
    this.#side = side;
    this.#dialogue = dialogue;
  }

  feed(bytes: Uint8Array): void {
    let position = 0;
    while (position < bytes.length) position = this.#step(bytes, position);
  }

  /** @returns where it stopped. */
  #step(bytes: Uint8Array, from: number): number {
    if (
      this.#dialogue.upgraded &&
      this.#state === "head" &&
      this.#line.length === 0 &&
      this.#head.length === 0
    ) {
      this.#state = "frames";
    }
    switch (this.#state) {
      case "length":
      case "chunk-data":
        return this.#counted(bytes, from);
      case "frames":
        this.#frames ??= new FrameScanner(this.items, this.#at);
        this.#frames.feed(bytes.subarray(from));
        this.#at += bytes.length - from;
        return bytes.length;
      case "until-close":
      case "opaque": {
        const kind = this.#state === "opaque" ? "unknown" : "body";
        this.items.grow(
          kind,
          kind === "body" ? "Body, until the connection closes" : "Bytes that can't be told apart",
          this.#at,
          bytes.length - from,
        );
        this.#at += bytes.length - from;
        return bytes.length;
      }
      default:
        return this.#lines(bytes, from);
    }
  }

  #counted(bytes: Uint8Array, from: number): number {
    const length = Math.min(this.#left, bytes.length - from);
    const chunk = this.#state === "chunk-data";
    this.items.grow(chunk ? "chunk-data" : "body", chunk ? "Chunk data" : "Body", this.#at, length);
    this.#at += length;
    this.#left -= length;
    if (this.#left === 0) {
      this.items.seal();
      this.#state = chunk ? "chunk-end" : "head";
    }
    return from + length;
  }

  #lines(bytes: Uint8Array, from: number): number {
    if (this.#line.length === 0) this.#lineFrom = this.#at;
    const found = bytes.indexOf(LF, from);
    const to = found < 0 ? bytes.length : found + 1;
    for (let index = from; index < to; index++) this.#line.push(bytes[index]!);
    this.#at += to - from;
    if (this.#line.length > MAX_LINE) this.#giveUp("A line without an end");
    else if (found >= 0) this.#endLine();
    return to;
  }

  #endLine(): void {
    const line = Uint8Array.from(this.#line);
    const at = this.#lineFrom;
    this.#line = [];
    const blank = line.length === 1 || (line.length === 2 && line[0] === 13);
    if (this.#state === "chunk-size") this.#onChunkSize(line, at);
    else if (this.#state === "chunk-end") {
      this.items.add(lineItem(blank ? "chunk-end" : "problem", line, at));
      this.#state = blank ? "chunk-size" : "opaque";
    } else if (this.#state === "trailers") {
      this.items.add(lineItem(blank ? "blank" : "trailer", line, at));
      if (blank) this.#state = "head";
    } else this.#onHeadLine(line, at, blank);
  }

  #onHeadLine(line: Uint8Array, at: number, blank: boolean): void {
    if (this.#headLines === 0) {
      this.#headFrom = at;
      if (blank) {
        this.items.add({ ...lineItem("blank", line, at), label: "Empty line before the start line" });
        return;
      }
    }
    for (const byte of line) this.#head.push(byte);
    const kind = blank
      ? "blank"
      : this.#headLines > 0
        ? "field"
        : this.#side === "request"
          ? "request-line"
          : "status-line";
    this.items.add(lineItem(kind, line, at));
    this.#headLines++;
    if (this.#head.length > 2 * MAX_LINE) this.#giveUp("A head without an end");
    else if (blank) this.#endHead();
  }

  #endHead(): void {
    const head = Uint8Array.from(this.#head);
    this.#head = [];
    this.#headLines = 0;
    try {
      if (this.#side === "request") this.#onRequest(head);
      else this.#onResponse(head);
    } catch (error) {
      this.#giveUp(error instanceof Error ? error.message : "Not valid");
    }
  }

  #onRequest(head: Uint8Array): void {
    const reader = new RequestReader(DEFAULT_LIMITS);
    reader.feed(head);
    const request = reader.readHead();
    if (!request) return;
    this.#dialogue.methods.push(request.method);
    this.#expectBody(request.framing);
  }

  #onResponse(head: Uint8Array): void {
    const reader = new ResponseReader(DEFAULT_LIMITS);
    reader.feed(head);
    const response = reader.readHead(this.#dialogue.methods[0] ?? "GET");
    if (!response) return;
    if (response.status === 101) {
      this.#dialogue.upgraded = true;
      this.#state = "frames";
      return;
    }
    if (response.status >= 200) this.#dialogue.methods.shift();
    this.#expectBody(response.framing);
  }

  #expectBody(framing: Framing): void {
    if (framing === CHUNKED) this.#state = "chunk-size";
    else if (framing === UNTIL_CLOSE) this.#state = "until-close";
    else {
      this.#left = framing;
      this.#state = framing > 0 ? "length" : "head";
    }
  }

  #onChunkSize(line: Uint8Array, at: number): void {
    const item = lineItem("chunk-size", line, at);
    const digits = /^([0-9a-fA-F]{1,13})[ \t]*(;|\r?\n)/.exec(
      String.fromCharCode(...line.subarray(0, 64)),
    )?.[1];
    if (digits === undefined) {
      this.items.add({ ...item, kind: "problem", label: "Not a chunk size" });
      this.#state = "opaque";
      return;
    }
    this.#left = Number.parseInt(digits, 16);
    const last = this.#left === 0;
    this.items.add({ ...item, label: last ? "Last chunk" : `Chunk of ${this.#left} bytes` });
    this.#state = last ? "trailers" : "chunk-data";
  }

  /** From here on nothing can be told apart. */
  #giveUp(why: string): void {
    const from =
      this.#headLines > 0 || this.#head.length > 0 ? this.#headFrom : Math.min(this.#headFrom, this.#at);
    const problem: Item = { kind: "problem", from, to: this.#at, label: "Not valid", detail: why };
    this.items.flag(problem);
    this.#line = [];
    this.#head = [];
    this.#state = "opaque";
  }
}
