/**
 * Clients of the soak in a process of their own, undici's and ws's, until a time that its argument
 * (`TrafficSettings` as JSON) names. It says a `Ledger` for each kind at the end.
 */
import { Agent, request } from "undici";
import { WebSocket } from "ws";
import { fail, type Ledger, ledger } from "./ledger.ts";
import { between, type Random, random, sleep } from "./random.ts";

export interface TrafficSettings {
  readonly port: number;
  readonly seed: number;
  readonly seconds: number;
  /** How many do as much as they can with pauses, of each kind. */
  readonly undici: number;
  readonly sockets: number;
}

export type TrafficReport = Record<"undici" | "handshakes" | "messages", Ledger>;

const settings = JSON.parse(process.argv[2] ?? "{}") as TrafficSettings;
const { port, seed, seconds } = settings;
const books: TrafficReport = { undici: ledger(), handshakes: ledger(), messages: ledger() };
const dispatcher = new Agent({ connections: settings.undici });
const endsAt = performance.now() + seconds * 1000;
const upload = new Uint8Array(300_000).fill(97);

/** A target, what is sent to it, and what has to come back. */
interface Errand {
  readonly target: string;
  readonly body?: Uint8Array;
  right(bytes: Buffer): boolean;
}

function errand(next: Random): Errand {
  const hello = (bytes: Buffer) => bytes.toString() === "Hello World";
  const kind = next();
  if (kind < 0.5) return { target: "/", right: hello };
  if (kind < 0.7) {
    const length = between(next, 1, upload.length);
    const right = (bytes: Buffer) => bytes.toString() === String(length);
    return { target: "/upload", body: upload.subarray(0, length), right };
  }
  if (kind < 0.85) {
    const chunks = between(next, 1, 64);
    return { target: `/stream?chunks=${chunks}`, right: ({ length }) => length === chunks * 16_384 };
  }
  if (kind < 0.95) return { target: `/slow?ms=${between(next, 1, 100)}`, right: hello };
  const bytes = between(next, 1, 1_000_000);
  return { target: `/large?bytes=${bytes}`, right: ({ length }) => length === bytes };
}

async function askUndici(next: Random): Promise<void> {
  const { target, body, right } = errand(next);
  const abort = new AbortController();
  const timer = next() < 0.1 ? setTimeout(() => abort.abort(), between(next, 0, 30)) : undefined;
  books.undici.sent++;
  try {
    const answer = await request(`http://127.0.0.1:${port}${target}`, {
      dispatcher,
      signal: abort.signal,
      method: body === undefined ? "GET" : "POST",
      ...(body === undefined ? {} : { body }),
    });
    const bytes = Buffer.from(await answer.body.arrayBuffer());
    if (answer.statusCode === 200 && right(bytes)) books.undici.answered++;
    else fail(books.undici, `a wrong answer to ${target}`);
  } catch (error) {
    const { code } = error as { code?: string };
    fail(books.undici, abort.signal.aborted ? "aborted by the client" : (code ?? String(error)));
  }
  clearTimeout(timer);
}

async function undiciLoop(next: Random): Promise<void> {
  while (performance.now() < endsAt) {
    await askUndici(next);
    await sleep(between(next, 0, 100));
  }
}

/** One connection: some messages, each sent when the one before has come back, and an end in one of two ways. */
function socketErrand(next: Random): Promise<void> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/socket`);
  let left = between(next, 1, 50);
  let awaited: string | undefined;
  let opened = false;
  let error = "";
  const send = () => {
    awaited = "m".repeat(between(next, 0, 20_000));
    books.messages.sent++;
    socket.send(awaited);
  };
  books.handshakes.sent++;
  socket.on("open", () => {
    opened = true;
    books.handshakes.answered++;
    send();
  });
  socket.on("message", (data) => {
    if (String(data) === awaited) books.messages.answered++;
    else fail(books.messages, "a wrong message");
    awaited = undefined;
    if (--left > 0) setTimeout(() => socket.readyState === WebSocket.OPEN && send(), between(next, 0, 50));
    else if (next() < 0.3) socket.terminate();
    else socket.close(1000);
  });
  socket.on("error", (cause: Error & { code?: string }) => {
    error = cause.code ?? cause.message;
  });
  return new Promise((resolve) => {
    socket.on("close", (code) => {
      if (!opened) fail(books.handshakes, error || `closed with ${code}`);
      if (awaited !== undefined) fail(books.messages, `closed with ${code}`);
      resolve();
    });
  });
}

async function socketLoop(next: Random): Promise<void> {
  while (performance.now() < endsAt) {
    await socketErrand(next);
    await sleep(between(next, 0, 200));
  }
}

const loops: Promise<void>[] = [];
for (let index = 0; index < settings.undici; index++) loops.push(undiciLoop(random(seed * 1000 + index)));
for (let index = 0; index < settings.sockets; index++)
  loops.push(socketLoop(random(seed * 1000 + 500 + index)));
await Promise.all(loops);
await dispatcher.destroy();
process.send?.(books, () => process.disconnect());
