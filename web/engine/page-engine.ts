/** The page engine: the program in a sandboxed worker, its ports on a virtual network of the page. */
import { MessagePortNetwork } from "../../src/adapters/virtual/index.ts";
import type { Network } from "../../src/socket/index.ts";
import { CONSOLE_CREDIT, type Report } from "../sandbox/protocol.ts";
import type { Engine, ProgramEvents, Run } from "./engine.ts";
import { Relay } from "./relay.ts";
import { Sandbox } from "./sandbox.ts";

/** Batches of console entries shown a second: what is more waits, and the worker drops it. */
const BATCHES_A_SECOND = 10;

export class PageEngine implements Engine {
  readonly kind = "page";
  readonly network: Network;

  /** @param network the page's, tapped and under its conditions */
  constructor(network: Network) {
    this.network = network;
  }

  /** Fetches what a run needs, so that the first one does not wait for it. */
  async prepare(): Promise<void> {
    await loadTexts();
  }

  async start(source: string, events: ProgramEvents): Promise<Run> {
    const { compile, worker, portico } = await loadTexts();
    const parts = await compile(source);
    const { port1, port2 } = new MessageChannel();
    let sandbox: Sandbox | undefined;
    const outside: Network = {
      listen: (spec) => this.network.listen(spec),
      descriptors: () => this.network.descriptors(),
      connect: (spec) => {
        sandbox?.hear();
        return this.network.connect(spec);
      },
    };
    const link = new MessagePortNetwork(port1, { network: outside, heartbeatMs: 0 });
    const relay = new Relay(this.network, link);
    const close = () => {
      relay.closeAll();
      link.close();
    };
    const reporter = new Reporter(relay, events);
    const started = await Sandbox.start(worker, { portico, parts }, port2, {
      onReport: (report) => reporter.take(report),
      onEnd(reason) {
        close();
        reporter.over = true;
        events.onEnd(reason);
      },
    });
    sandbox = started;
    void link.closed.then((broken) => broken && started.end("it sent what makes no sense"));
    reporter.giveCredit = () => started.order({ type: "credit" });
    return {
      stop() {
        reporter.over = true;
        started.stop();
        close();
      },
    };
  }
}

/** Hands the worker's reports on, and holds it to its credit. */
class Reporter {
  giveCredit = () => {};
  over = false;
  readonly #relay: Relay;
  readonly #events: ProgramEvents;
  #failures = 0;
  #batches = 0;

  constructor(relay: Relay, events: ProgramEvents) {
    this.#relay = relay;
    this.#events = events;
  }

  take(report: Report): void {
    if (this.over) return;
    if (report.type === "console") this.#onConsole(report);
    else if (report.type === "failed") this.#onFailure(report);
    else if (report.type === "listen") void this.#onListen(report.port);
    else if (report.type === "unlisten") {
      void this.#relay.close(report.port);
      this.#events.onUnlisten(report.port);
    }
  }

  /** Batches beyond the credit are a program's own doing: they are not shown. */
  #onConsole({ entries, dropped }: Report & { type: "console" }): void {
    if (this.#batches >= CONSOLE_CREDIT) return;
    this.#batches++;
    this.#events.onConsole(entries, dropped);
    setTimeout(() => {
      this.#batches--;
      if (!this.over) this.giveCredit();
    }, 1000 / BATCHES_A_SECOND);
  }

  /** A program can fail without end, too. */
  #onFailure({ text, place }: Report & { type: "failed" }): void {
    if (this.#failures > 20) return;
    if (this.#failures++ === 0) setTimeout(() => (this.#failures = 0), 1000);
    this.#events.onFailure(text, place);
  }

  async #onListen(port: number): Promise<void> {
    if (await this.#relay.open(port)) this.#events.onListen(port);
  }
}

type Texts = {
  readonly compile: (source: string) => Promise<readonly string[]>;
  readonly worker: string;
  readonly portico: string;
};
let texts: Promise<Texts> | undefined;

/** What only a run needs, loaded once. A load that failed is tried again. */
function loadTexts(): Promise<Texts> {
  texts ??= Promise.all([
    import("../compile/compile.ts"),
    import("virtual:sandbox-worker"),
    import("virtual:sandbox-portico"),
  ]).then(
    ([{ compile }, { default: worker }, { default: portico }]) => ({ compile, worker, portico }),
    (error: unknown) => {
      texts = undefined;
      throw error;
    },
  );
  return texts;
}
