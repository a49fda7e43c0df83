import { afterEach, it } from "vitest";
import type { ServerOptions } from "../../server/options.ts";
import { HttpServer } from "../../server/server.ts";
import type { RequestCallback } from "../../server/types.ts";
import type { ContractOptions, ContractSubject } from "../contract/stage.ts";
import { FakeClock } from "../fake-clock.ts";
import { type Pace, WireClient } from "../wire-client.ts";

/** How the server suites run. */
export interface ServerSuiteOptions {
  /** Called for each case: the network to listen on, and how to reach the listener. */
  setup(): ContractSubject | Promise<ContractSubject>;
  /**
   * Bytes that neither side's buffers can hold while a client does not read. Default 64 MiB, for the kernel's
   * buffers; less makes the cases quicker.
   */
  readonly stallBytes?: number;
  /** The scheme of what is asked for: `"https"` where the network's sockets are secure. Default `"http"`. */
  readonly scheme?: "http" | "https";
  /** What the transport can't do, as for `socketContract`; only `reset` is asked for here. Default: nothing. */
  readonly lacks?: ContractOptions["lacks"];
}

/** A server in a case, and clients of it. */
export interface Served {
  readonly server: HttpServer;
  readonly clock: FakeClock;
  /** What `onError` was told. */
  readonly errors: unknown[];
  connect(options?: { paused?: boolean }): Promise<WireClient>;
  /** Sends on a connection of its own, half-closes, and gives all that was answered. */
  exchange(request: string | Uint8Array, pace?: Pace): Promise<string>;
}

/** The scene of every case: servers that are cleared away afterwards, on a clock that the case holds. */
export class ServerStage {
  readonly #options: ServerSuiteOptions;
  readonly #cleanUps: (() => void | Promise<void>)[] = [];

  constructor(options: ServerSuiteOptions) {
    this.#options = options;
    afterEach(async () => {
      for (const cleanUp of this.#cleanUps.splice(0).reverse()) await cleanUp();
    });
  }

  get stallBytes(): number {
    return this.#options.stallBytes ?? 64 * 1024 * 1024;
  }

  get scheme(): string {
    return this.#options.scheme ?? "http";
  }

  /** A case about peers that reset, which only transports run that have resets. */
  needsReset(name: string, run: () => Promise<void>): void {
    const reason = this.#options.lacks?.reset;
    if (reason === undefined) it(name, run);
    else it.skip(`${name} (${reason})`, run);
  }

  get hasReset(): boolean {
    return this.#options.lacks?.reset === undefined;
  }

  /** A network of the case's own, with nobody on it. */
  async subject(): Promise<ContractSubject> {
    const subject = await this.#options.setup();
    this.#cleanUps.push(() => subject.dispose?.());
    return subject;
  }

  /** A server that serves every connection with the callback. */
  async serve(
    callback: RequestCallback,
    options: Omit<ServerOptions, "network" | "clock"> = {},
  ): Promise<Served> {
    const { network, host, listen } = await this.subject();
    const clock = new FakeClock();
    const errors: unknown[] = [];
    const server = new HttpServer({ onError: (error) => errors.push(error), ...options, network, clock });
    await server.listen(listen.port, {
      ...(listen.address === undefined ? {} : { address: listen.address }),
    });
    const accepting = acceptAll(server, callback);
    this.#cleanUps.push(async () => {
      await server.close({ graceMs: 0 });
      await accepting;
    });
    const connect = async (how?: { paused?: boolean }) => {
      const client = await WireClient.connect(network, { host, port: server.getPort() }, how);
      this.#cleanUps.push(() => client.destroy());
      return client;
    };
    const exchange = async (request: string | Uint8Array, pace: Pace = "whole") => {
      const client = await connect();
      await client.send(request, pace);
      client.end();
      return client.readToEnd();
    };
    return { server, clock, errors, connect, exchange };
  }
}

async function acceptAll(server: HttpServer, callback: RequestCallback): Promise<void> {
  while (server.listening) await server.acceptRequest(callback);
}

/** A request's head: CRLF behind each line, and the empty line. */
export function head(...lines: string[]): string {
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** A GET with a Host and the fields given. */
export function get(path = "/", ...fields: string[]): string {
  return head(`GET ${path} HTTP/1.1`, "Host: example.test", ...fields);
}

/** A POST of a body with its length. */
export function post(body: string, ...fields: string[]): string {
  return head("POST / HTTP/1.1", "Host: example.test", `Content-Length: ${body.length}`, ...fields) + body;
}

/** A POST of a body that is chunked already. */
export function chunked(body: string, ...fields: string[]): string {
  return head("POST / HTTP/1.1", "Host: example.test", "Transfer-Encoding: chunked", ...fields) + body;
}

/** The status codes of what came, in order. A body must not hold a status line. */
export function statuses(text: string): number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));
}

/** A response's fields by lower-case name, of the first head in the text. */
export function fields(text: string): Record<string, string> {
  const lines = text.slice(0, text.indexOf("\r\n\r\n")).split("\r\n").slice(1);
  return Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(":")).toLowerCase(),
      line.slice(line.indexOf(":") + 1).trim(),
    ]),
  );
}

/** What is behind the first head in the text. */
export function body(text: string): string {
  return text.slice(text.indexOf("\r\n\r\n") + 4);
}

/** The content of one response, chunked or not. */
export function unchunked(text: string): string {
  const content = body(text);
  if (!/transfer-encoding: chunked/i.test(text)) return content;
  return [...content.matchAll(/^[0-9a-f]+\r\n([\s\S]*?)\r\n/gm)].map((match) => match[1]).join("");
}

/** Answers with what came, whatever it was. */
export const echo: RequestCallback = async (request) => {
  await request.respond(200, await request.bytes());
};

/** Answers "ok" at once. */
export const ok: RequestCallback = (request) => request.respond(200, "ok");

/** A promise and what settles it. */
export function deferred<T = void>(): {
  promise: Promise<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
} {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
