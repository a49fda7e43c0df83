/**
 * Clients who go on while servers come and go, in a process of their own: each request on a connection of its own or
 * on one that is kept, as its argument (`HammerSettings` as JSON) has it. A message ends it, and it says a `Ledger`.
 */
import { connect } from "node:net";
import { fail, ledger } from "./ledger.ts";
import { sleep } from "./random.ts";

export interface HammerSettings {
  readonly port: number;
  readonly clients: number;
  readonly target: string;
  /** Between two requests of a client. */
  readonly everyMs: number;
}

const { port, clients, target, everyMs } = JSON.parse(process.argv[2] ?? "{}") as HammerSettings;
const book = ledger();
let going = true;

/** One request on a new connection; what it came to. */
function ask(): Promise<void> {
  book.sent++;
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    let received = "";
    let cause = "";
    socket.on("connect", () => socket.write(`GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`));
    socket.setEncoding("latin1").on("data", (text: string) => {
      received += text;
      if (received.endsWith("Hello World")) socket.end();
    });
    socket.on("error", (error: Error & { code?: string }) => {
      cause = error.code ?? error.message;
    });
    socket.on("close", () => {
      if (received.endsWith("Hello World")) book.answered++;
      else fail(book, cause || (received === "" ? "closed without a word" : "cut"));
      resolve();
    });
  });
}

async function client(index: number): Promise<void> {
  await sleep((index / clients) * everyMs);
  while (going) {
    await ask();
    await sleep(everyMs);
  }
}

const done = Promise.all(Array.from({ length: clients }, (_, index) => client(index)));
process.on("message", async () => {
  going = false;
  await done;
  process.send?.(book, () => process.disconnect());
});
