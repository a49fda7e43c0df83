/**
 * Hostile peers, in a process of their own: so many of each kind, all of them at once, who never close by
 * themselves. Its argument is `AbuserSettings` as JSON. It says `AbuserReport` when the last of them is gone.
 */
import { connect, type Socket } from "node:net";

import {
  type AbuserKind,
  type AbuserReport,
  type AbuserSettings,
  type Kind,
  type KindReport,
  kinds,
} from "./abuser-kinds.ts";

class Abuser {
  readonly #kind: Kind;
  readonly #report: KindReport;
  readonly #socket: Socket;
  readonly #gone: () => void;
  #connectedAt = 0;
  #status = "none";
  #timer: NodeJS.Timeout | undefined;

  constructor(kind: AbuserKind, report: KindReport, from: string, gone: () => void) {
    this.#kind = kinds[kind];
    this.#report = report;
    this.#gone = gone;
    this.#socket = connect({
      port: settings.port,
      host: "127.0.0.1",
      localAddress: from,
      allowHalfOpen: true,
    });
    this.#socket.on("connect", () => this.#start());
    this.#socket.on("data", (bytes) => {
      const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(bytes.toString("latin1", 0, 12)) ?? [];
      if (status !== undefined) this.#status = status;
    });
    if (this.#kind.reads === false) this.#socket.pause();
    // Who does not read hears of the end by writing alone.
    this.#socket.on("end", () => this.#probe());
    this.#socket.on("error", () => {});
    this.#socket.on("close", () => this.#end());
  }

  #start(): void {
    const { start, again, everyMs } = this.#kind;
    this.#connectedAt = performance.now();
    this.#report.connected++;
    this.#send(start);
    if (this.#kind.reads === false && again === undefined) this.#probe();
    if (again === undefined) return;
    if (everyMs === undefined) {
      this.#socket.on("drain", () => this.#flood(again));
      this.#flood(again);
    } else {
      this.#timer = setInterval(() => this.#send(again), everyMs);
    }
  }

  #send(text: string): boolean {
    // Behind the server's end there is no sense in sending, and a rude peer stays.
    if (text === "" || this.#socket.readableEnded) return false;
    this.#report.sentBytes += text.length;
    return this.#socket.write(text, "latin1");
  }

  #flood(text: string): void {
    while (this.#send(text));
  }

  #probe(): void {
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#socket.write("G"), 250);
  }

  #end(): void {
    clearInterval(this.#timer);
    if (this.#connectedAt > 0) {
      this.#report.longestMs = Math.max(this.#report.longestMs, performance.now() - this.#connectedAt);
      this.#report.statuses[this.#status] = (this.#report.statuses[this.#status] ?? 0) + 1;
    }
    this.#gone();
  }
}

const settings = JSON.parse(process.argv[2] ?? "{}") as AbuserSettings;
const reports = {} as AbuserReport;
for (const kind of settings.kinds) reports[kind] = { connected: 0, longestMs: 0, statuses: {}, sentBytes: 0 };

const total = settings.count * settings.kinds.length;
let opened = 0;
let gone = 0;

function open(): void {
  const kind = settings.kinds[opened % settings.kinds.length]!;
  opened++;
  new Abuser(kind, reports[kind], `127.0.0.${settings.from}`, () => {
    gone++;
    if (gone < total) return;
    process.send?.(reports, () => process.disconnect());
  });
}

const startedAt = performance.now();
const opening = setInterval(() => {
  const due = Math.min(total, ((performance.now() - startedAt) / 1000) * settings.perSecond);
  while (opened < due) open();
  if (opened === total) clearInterval(opening);
}, 10);
