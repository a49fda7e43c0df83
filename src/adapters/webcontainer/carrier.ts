/**
 * A MessagePort over lines of text, such as a process's standard streams: `MessagePortNetwork` at both ends then makes
 * one network of two runtimes. A line is a mark and JSON:
 *
 * | line | says |
 * |---|---|
 * | `[n, "bytes", base64]` | an `ArrayBuffer` for port n |
 * | `[n, "message", [...], m?]` | an array for port n; `m` numbers the port that came along as its last element |
 *
 * Port 0 is the one that is carried. Ports that come along are numbered by whoever sends them: even here, odd there.
 */
import type { PortLike } from "../message-port/index.ts";

/** Begins every line, so that a prompt, a warning or a terminal's echo between them is none. */
const MARKS = { near: "portico-relay> ", far: "portico-relay< " } as const;
/** Bytes of one line, before base64: terminals have been seen to choke on long ones. */
const LINE_BYTES = 12_000;
/** Connections at a time; a relay that names more of them makes no sense. */
const MAX_PORTS = 10_000;

interface Carried {
  readonly port: PortLike;
  readonly onMessage: (event: unknown) => void;
  /** Half-closed by here, by there: a connection with both is over. */
  ended: Set<"here" | "there">;
}

export class PortCarrier {
  readonly #send: (line: string) => void;
  readonly #mark: string;
  readonly #otherMark: string;
  readonly #ports = new Map<number, Carried>();
  #next: number;
  #rest = "";

  /** @param side `"far"` for the end inside the runtime @param send takes a line without its end */
  constructor(port: PortLike, side: "near" | "far", send: (line: string) => void) {
    this.#send = send;
    this.#next = side === "near" ? 2 : 1;
    this.#mark = MARKS[side];
    this.#otherMark = MARKS[side === "near" ? "far" : "near"];
    this.#carry(0, port);
  }

  /** Takes text as it comes, with lines in it or pieces of lines. */
  receive(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#onLine(line);
  }

  /** Closes every port. */
  close(): void {
    for (const number of [...this.#ports.keys()]) this.#drop(number);
  }

  #carry(number: number, port: PortLike): void {
    const onMessage = (event: unknown) => this.#onMessage(number, (event as { data: unknown }).data);
    this.#ports.set(number, { port, onMessage, ended: new Set() });
    port.addEventListener("message", onMessage);
    port.start();
  }

  #drop(number: number): void {
    const carried = this.#ports.get(number);
    this.#ports.delete(number);
    carried?.port.removeEventListener("message", carried.onMessage);
    carried?.port.close();
  }

  /** From the port here to the other end. */
  #onMessage(number: number, data: unknown): void {
    if (!Array.isArray(data)) {
      if (isBuffer(data)) this.#sendBytes(number, new Uint8Array(data));
      return;
    }
    // Web Locks are not shared across runtimes: nobody there could look after this one.
    if (data[0] === "lock") return;
    const last: unknown = data.at(-1);
    if (isPort(last)) {
      const along = this.#next;
      this.#next += 2;
      this.#carry(along, last);
      this.#sendLine([number, "message", data.slice(0, -1), along]);
    } else this.#sendLine([number, "message", data]);
    this.#noteEnd(number, data[0], "here");
  }

  #sendBytes(number: number, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += LINE_BYTES) {
      this.#sendLine([number, "bytes", toBase64(bytes.subarray(at, at + LINE_BYTES))]);
    }
  }

  #sendLine(line: readonly unknown[]): void {
    this.#send(this.#mark + JSON.stringify(line));
  }

  /** From the other end to the port here. What makes no sense is left out; the link's own grammar ends it then. */
  #onLine(line: string): void {
    const at = line.indexOf(this.#otherMark);
    if (at < 0) return;
    const said = parse(line.slice(at + this.#otherMark.length));
    const carried = said && this.#ports.get(said.number);
    if (!carried) return;
    if (said.kind === "bytes") {
      carried.port.postMessage(said.buffer, [said.buffer] as ArrayBuffer[] & MessagePort[]);
      return;
    }
    const { number, message, along } = said;
    if (along === undefined) carried.port.postMessage(message, [] as never[]);
    else if (this.#ports.size < MAX_PORTS && !this.#ports.has(along)) {
      const { port1, port2 } = new MessageChannel();
      this.#carry(along, port1 as PortLike);
      carried.port.postMessage([...message, port2], [port2] as ArrayBuffer[] & MessagePort[]);
    }
    this.#noteEnd(number, message[0], "there");
  }

  /** A reset ends a connection, and so do the ends of both sides. */
  #noteEnd(number: number, type: unknown, by: "here" | "there"): void {
    const carried = this.#ports.get(number);
    if (!carried || number === 0) return;
    if (type === "end") carried.ended.add(by);
    if (type === "reset" || carried.ended.size === 2) this.#drop(number);
  }
}

type Said =
  | { readonly kind: "bytes"; readonly number: number; readonly buffer: ArrayBuffer }
  | {
      readonly kind: "message";
      readonly number: number;
      readonly message: readonly unknown[];
      readonly along: number | undefined;
    };

function parse(json: string): Said | undefined {
  try {
    const [number, kind, content, along] = JSON.parse(json) as unknown[];
    if (typeof number !== "number") return undefined;
    if (kind === "bytes" && typeof content === "string") return { kind, number, buffer: fromBase64(content) };
    if (kind !== "message" || !Array.isArray(content)) return undefined;
    return { kind, number, message: content, along: typeof along === "number" ? along : undefined };
  } catch {
    return undefined;
  }
}

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 4096)
    text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return btoa(text);
}

function fromBase64(text: string): ArrayBuffer {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
}

function isBuffer(value: unknown): value is ArrayBuffer {
  return Object.prototype.toString.call(value) === "[object ArrayBuffer]";
}

function isPort(value: unknown): value is PortLike {
  return typeof value === "object" && value !== null && "postMessage" in value && "start" in value;
}
