/**
 * The server of the soak: closed and opened again, on the same port, as often as its argument (`SoakSettings` as
 * JSON) has it. Each time that everything is closed it says what it holds then (`SoakSample`), which is
 * comparable from one time to the next.
 */
import { Socket } from "node:net";
import { queryObjects } from "node:v8";
import { AsyncHttpServer, type HttpRequest } from "portico";
import { NodeNetwork } from "portico/node";
import { fail, type Ledger, ledger } from "./ledger.ts";
import { between, random, sleep } from "./random.ts";
import { answer } from "./routes.ts";

export interface SoakSettings {
  readonly seed: number;
  readonly seconds: number;
  /** How long a server lives, on the mean. */
  readonly lifeMs: number;
}

/** What is held while no server listens. */
export interface SoakSample {
  readonly heapBytes: number;
  readonly descriptors: number;
  /** Living objects. */
  readonly sockets: number;
  readonly timers: number;
  readonly tcpHandles: number;
  /** Of the process's own events. */
  readonly listeners: number;
}

export interface SoakServerReport {
  readonly samples: readonly SoakSample[];
  /** Requests that came to the callback, and what became of them. */
  readonly requests: Ledger;
  /** What `onError` was told, by code. */
  readonly errors: Readonly<Record<string, number>>;
}

const { seed, seconds, lifeMs } = JSON.parse(process.argv[2] ?? "{}") as SoakSettings;
const network = new NodeNetwork();
const next = random(seed);
const samples: SoakSample[] = [];
const requests = ledger();
const errors: Record<string, number> = {};

const codeOf = (error: unknown) => String((error as { code?: unknown }).code ?? error);

async function callback(request: HttpRequest): Promise<void> {
  requests.sent++;
  try {
    await answer(request);
    requests.answered++;
  } catch (error) {
    fail(requests, codeOf(error));
    throw error;
  }
}

function count(kind: string): number {
  return process.getActiveResourcesInfo().filter((name) => name === kind).length;
}

async function sample(): Promise<SoakSample> {
  await sleep(50); // what was closed is told to be
  globalThis.gc?.();
  return {
    heapBytes: process.memoryUsage().heapUsed,
    descriptors: network.descriptors().active,
    sockets: queryObjects(Socket) as unknown as number,
    timers: count("Timeout"),
    tcpHandles: count("TCPSocketWrap") + count("TCPServerWrap"),
    listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
  };
}

let port = 0;
const endsAt = performance.now() + seconds * 1000;
while (performance.now() < endsAt) {
  const server = new AsyncHttpServer({
    network,
    onError: (error) => {
      errors[codeOf(error)] = (errors[codeOf(error)] ?? 0) + 1;
    },
  });
  const serving = server.serve(port, callback, {
    address: "127.0.0.1",
    onListen: (address) => {
      if (port === 0) process.send?.({ port: address.port });
      port = address.port;
    },
  });
  await sleep(Math.min(lifeMs * (0.5 + next()), Math.max(1000, endsAt - performance.now())));
  // Now and then nobody may finish.
  await server.close({ graceMs: next() < 0.25 ? 0 : 5000 });
  await serving;
  samples.push(await sample());
  if (performance.now() < endsAt) await sleep(between(next, 20, 200));
}
process.once("message", () => {
  const report: SoakServerReport = { samples, requests, errors };
  process.send?.(report, () => process.disconnect());
});
