/**
 * What a tap reports, as connections and rows: a row for everything that arrives somewhere. Bytes are copied when
 * they are sent, explained at once, and let go of when there are too many.
 */
import type { TapEvent } from "../../src/socket/tap.ts";
import { Annotator, Dialogue } from "./annotate.ts";
import { ByteStore } from "./byte-store.ts";

const DIRECTIONS = ["toServer", "toClient"] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** One direction of a connection. */
export class Flow {
  readonly bytes = new ByteStore();
  readonly annotator: Annotator;
  sent = 0;
  received = 0;
  /** When which bytes were sent, until they have arrived. */
  readonly departures: { readonly to: number; readonly time: number }[] = [];

  constructor(annotator: Annotator) {
    this.annotator = annotator;
  }
}

export interface Connection {
  readonly id: number;
  readonly port: number;
  readonly openedAt: number;
  readonly flows: Readonly<Record<Direction, Flow>>;
  state: "open" | "closed" | "reset";
}

export interface SegmentRow {
  readonly type: "segment";
  readonly connection: Connection;
  readonly direction: Direction;
  readonly from: number;
  readonly to: number;
  readonly sentAt: number;
  readonly time: number;
}

export type Row =
  | SegmentRow
  | { readonly type: "open" | "close" | "reset"; readonly connection: Connection; readonly time: number }
  | {
      readonly type: "end";
      readonly connection: Connection;
      readonly direction: Direction;
      readonly time: number;
      readonly sentAt: number;
    }
  | {
      readonly type: "failed";
      readonly connection: undefined;
      readonly time: number;
      readonly port: number;
      readonly code: string;
    };

export const MAX_ROWS = 50_000;
/** Rows let go of at a time, once there are too many. */
const ROWS_AT_A_TIME = 10_000;

export class Recorder {
  rows: Row[] = [];
  /** Rows that were let go of. */
  forgotten = 0;
  readonly connections = new Map<number, Connection>();
  /** When the first thing happened. */
  startedAt: number | undefined;
  readonly #attempts = new Map<number, number>();
  readonly #ends = new Map<string, number>();
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  clear(): void {
    this.rows = [];
    this.forgotten = 0;
    this.startedAt = undefined;
    ByteStore.forgetAll();
    for (const [id, { state }] of this.connections) if (state !== "open") this.connections.delete(id);
    this.#onChange();
  }

  observe(event: TapEvent): void {
    switch (event.type) {
      case "connect":
        this.startedAt ??= event.time;
        this.#attempts.set(event.attempt, event.port);
        return;
      case "failed":
        return this.#onFailed(event);
      case "open":
        return this.#onOpen(event);
      case "listen":
      case "unlisten":
        return;
      default:
        return this.#onEvent(event);
    }
  }

  #onFailed({ attempt, error, time }: TapEvent & { type: "failed" }): void {
    if (attempt === undefined) return;
    const { code } = (error ?? {}) as { code?: unknown };
    const port = this.#attempts.get(attempt) ?? 0;
    this.#attempts.delete(attempt);
    this.#add({
      type: "failed",
      connection: undefined,
      time,
      port,
      code: typeof code === "string" ? code : "aborted",
    });
  }

  #onOpen(event: TapEvent & { type: "open" }): void {
    if (event.attempt !== undefined) this.#attempts.delete(event.attempt);
    if (this.connections.has(event.connection)) return;
    const dialogue = new Dialogue();
    const connection: Connection = {
      id: event.connection,
      port: event.end === "client" ? event.remote.port : event.local.port,
      openedAt: event.time,
      flows: {
        toServer: new Flow(new Annotator("request", dialogue)),
        toClient: new Flow(new Annotator("response", dialogue)),
      },
      state: "open",
    };
    this.startedAt ??= event.time;
    this.connections.set(event.connection, connection);
    this.#add({ type: "open", connection, time: event.time });
  }

  #onEvent(event: Exclude<Extract<TapEvent, { connection: number }>, { type: "open" }>): void {
    const connection = this.connections.get(event.connection);
    if (!connection) return;
    const { time } = event;
    const outgoing: Direction = event.end === "client" ? "toServer" : "toClient";
    const incoming: Direction = event.end === "client" ? "toClient" : "toServer";
    if (event.type === "sent") {
      const flow = connection.flows[outgoing];
      flow.sent += event.bytes.length;
      flow.departures.push({ to: flow.sent, time });
      if (flow.bytes.append(event.bytes)) flow.annotator.feed(event.bytes);
    } else if (event.type === "received") this.#onReceived(connection, incoming, event.bytes.length, time);
    else if (event.type === "end-sent") this.#ends.set(`${connection.id} ${outgoing}`, time);
    else if (event.type === "end-received") {
      const sentAt = this.#ends.get(`${connection.id} ${incoming}`) ?? time;
      this.#ends.delete(`${connection.id} ${incoming}`);
      this.#add({ type: "end", connection, direction: incoming, time, sentAt });
    } else if (event.type === "destroy") this.#onOver(connection, true, time);
    else if (event.type === "close") this.#onOver(connection, event.error !== undefined, time);
  }

  #onReceived(connection: Connection, direction: Direction, length: number, time: number): void {
    const flow = connection.flows[direction];
    const from = flow.received;
    while (flow.departures.length > 1 && flow.departures[0]!.to <= from) flow.departures.shift();
    const sentAt = flow.departures[0]?.time ?? time;
    flow.received += length;
    this.#add({ type: "segment", connection, direction, from, to: flow.received, sentAt, time });
  }

  #onOver(connection: Connection, reset: boolean, time: number): void {
    if (connection.state !== "open") return;
    connection.state = reset ? "reset" : "closed";
    this.#add({ type: reset ? "reset" : "close", connection, time });
  }

  #add(row: Row): void {
    this.rows.push(row);
    if (this.rows.length > MAX_ROWS) {
      this.rows = this.rows.slice(ROWS_AT_A_TIME);
      this.forgotten += ROWS_AT_A_TIME;
      this.#forgetConnections();
    }
    this.#onChange();
  }

  /** Those that are over and have no row left: their bytes make room for others'. */
  #forgetConnections(): void {
    const shown = new Set(this.rows.map((row) => row.connection));
    for (const [id, connection] of this.connections) {
      if (connection.state === "open" || shown.has(connection)) continue;
      this.connections.delete(id);
      for (const direction of DIRECTIONS) {
        connection.flows[direction].bytes.forget();
        this.#ends.delete(`${id} ${direction}`);
      }
    }
  }
}
