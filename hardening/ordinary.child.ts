/**
 * Ordinary clients, in a process of their own: each has a connection that it keeps, asks for `/` at its pace and
 * measures how long the answer takes. A message asks for the figures since the last one.
 */
import { connect } from "node:net";

export interface OrdinarySettings {
  readonly port: number;
  readonly clients: number;
  /** Between two requests of a client. */
  readonly everyMs: number;
}

export interface OrdinaryFigures {
  readonly answered: number;
  /** Connections that ended: none should. */
  readonly lost: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly worstMs: number;
}

const { port, clients, everyMs } = JSON.parse(process.argv[2] ?? "{}") as OrdinarySettings;
let times: number[] = [];
let lost = 0;

function client(index: number): void {
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
    times.push(took);
    setTimeout(send, Math.max(0, everyMs - took));
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    lost++;
  });
  socket.on("connect", () => setTimeout(send, (index / clients) * everyMs));
}

for (let index = 0; index < clients; index++) client(index);

process.on("message", () => {
  const sorted = Float64Array.from(times).sort();
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
  times = [];
  const figures: OrdinaryFigures = {
    answered: sorted.length,
    lost,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    worstMs: at(1),
  };
  process.send?.(figures);
});
