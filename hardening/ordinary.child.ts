/**
 * Ordinary clients, in a process of their own, of two servers at once: of the one that is tried and of a control
 * that nobody troubles. Each client has a connection that it keeps, asks for `/` at its pace and measures how
 * long the answer takes. A message asks for the figures since the last one.
 *
 * Strategy: whatever else the machine does delays the control as well. So what counts is the calmer half of each ten
 * seconds by the control's answers, and there the one beside the other.
 */
import { connect } from "node:net";

export interface OrdinarySettings {
  /** Of the server that is tried, and of the control. */
  readonly ports: readonly [tried: number, control: number];
  /** Of each. */
  readonly clients: number;
  /** Between two requests of a client. */
  readonly everyMs: number;
}

export interface Times {
  readonly answered: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly worstMs: number;
}

export interface OrdinaryFigures {
  /** Connections to the server that is tried which ended: none should. */
  readonly lost: number;
  /** In the calmer halves of the time. */
  readonly tried: Times;
  readonly control: Times;
}

const SLOT_MS = 250;
/** Of which the calmer half counts. */
const SLOTS = 40;

/** Milliseconds that the answers of one slot of time took. */
interface Slot {
  readonly tried: number[];
  readonly control: number[];
}

const { ports, clients, everyMs } = JSON.parse(process.argv[2] ?? "{}") as OrdinarySettings;
let slots = new Map<number, Slot>();
let lost = 0;

function slotNow(): Slot {
  const number = Math.floor(performance.now() / SLOT_MS);
  let slot = slots.get(number);
  if (slot === undefined) {
    slot = { tried: [], control: [] };
    slots.set(number, slot);
  }
  return slot;
}

function client(of: keyof Slot, port: number, startsAfterMs: number): void {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  let sentAt = 0;
  let received = "";
  const send = () => {
    received = "";
    sentAt = performance.now();
    socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  };
  socket.setEncoding("latin1").on("data", (text: string) => {
    received += text;
    if (!received.endsWith("Hello World")) return;
    const took = performance.now() - sentAt;
    slotNow()[of].push(took);
    setTimeout(send, Math.max(0, everyMs - took));
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    if (of === "tried") lost++;
  });
  socket.on("connect", () => setTimeout(send, startsAfterMs));
}

for (let index = 0; index < clients; index++) {
  const startsAfterMs = (index / clients) * everyMs;
  client("tried", ports[0], startsAfterMs);
  client("control", ports[1], startsAfterMs + everyMs / clients / 2);
}

function times(of: readonly number[]): Times {
  const sorted = Float64Array.from(of).sort();
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
  return { answered: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99), worstMs: at(1) };
}

/** As the control has it. */
function calmer(of: readonly Slot[]): Slot[] {
  const delay = ({ control }: Slot) => (control.length > 0 ? times(control).p99Ms : Number.POSITIVE_INFINITY);
  return of.toSorted((a, b) => delay(a) - delay(b)).slice(0, Math.ceil(of.length / 2));
}

process.on("message", () => {
  const all = [...slots.values()];
  slots = new Map();
  const calm: Slot[] = [];
  for (let at = 0; at < all.length; at += SLOTS) calm.push(...calmer(all.slice(at, at + SLOTS)));
  const timesOf = (of: keyof Slot) => times(calm.flatMap((slot) => slot[of]));
  const figures: OrdinaryFigures = { lost, tried: timesOf("tried"), control: timesOf("control") };
  process.send?.(figures);
});
