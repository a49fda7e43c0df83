/** WebSocket frames (RFC 6455 section 5.2) as items. Lenient: it shows what is there, valid or not. */
import type { ItemList } from "./items.ts";

const OPCODES: Readonly<Record<number, string>> = {
  0: "continuation",
  1: "text",
  2: "binary",
  8: "close",
  9: "ping",
  10: "pong",
};
const PREVIEW = 64;

export class FrameScanner {
  readonly #items: ItemList;
  #at: number;
  #header: number[] = [];
  #left = 0;
  #name = "";
  #key: readonly number[] = [];
  #seen = 0;

  constructor(items: ItemList, at: number) {
    this.#items = items;
    this.#at = at;
  }

  feed(bytes: Uint8Array): void {
    let position = 0;
    while (position < bytes.length) {
      if (this.#left > 0) position = this.#payload(bytes, position);
      else this.#octet(bytes[position++]!);
    }
  }

  #payload(bytes: Uint8Array, from: number): number {
    const length = Math.min(this.#left, bytes.length - from);
    const data = bytes.subarray(from, from + Math.min(length, PREVIEW));
    const text = new TextDecoder().decode(
      this.#key.length > 0 ? data.map((byte, index) => byte ^ this.#key[(this.#seen + index) % 4]!) : data,
    );
    this.#items.add({
      kind: "frame-payload",
      from: this.#at,
      to: this.#at + length,
      label: `Payload, ${this.#name}`,
      ...(this.#name.startsWith("text") && { detail: text }),
    });
    this.#seen += length;
    this.#at += length;
    this.#left -= length;
    return from + length;
  }

  #octet(byte: number): void {
    this.#header.push(byte);
    this.#at++;
    const [first = 0, second] = this.#header;
    if (second === undefined) return;
    const masked = (second & 0x80) !== 0;
    const short = second & 0x7f;
    const extended = short === 126 ? 2 : short === 127 ? 8 : 0;
    const need = 2 + extended + (masked ? 4 : 0);
    if (this.#header.length < need) return;
    const lengthOctets = this.#header.slice(2, 2 + extended);
    const length = extended === 0 ? short : lengthOctets.reduce((sum, octet) => sum * 256 + octet, 0);
    const opcode = first & 0x0f;
    const notes = [
      (first & 0x80) === 0 ? "more to follow" : "",
      (first & 0x40) !== 0 ? "compressed" : "",
      masked ? "masked" : "",
    ];
    this.#name = `${OPCODES[opcode] ?? `opcode ${opcode}`}${(first & 0x40) !== 0 ? ", compressed" : ""}`;
    this.#items.add({
      kind: "frame-header",
      from: this.#at - need,
      to: this.#at,
      label: `Frame: ${OPCODES[opcode] ?? `opcode ${opcode}`}, ${length} bytes`,
      detail: notes.filter(Boolean).join(", "),
    });
    this.#key = masked ? this.#header.slice(need - 4) : [];
    if (this.#name.startsWith("text,")) this.#name = "compressed text";
    this.#header = [];
    this.#left = length;
    this.#seen = 0;
  }
}
