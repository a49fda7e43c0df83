/** Runs in the page of these tests: a virtual network, the app on port 8080, and the bridge. */
import { AsyncHttpServer } from "portico";
import {
  type Bridge,
  type ExposeOptions,
  exposeNetwork,
  isolatePage,
  reportAborts,
} from "portico/service-worker";
import { VirtualNetwork } from "portico/virtual";
import { App, pattern } from "./app.ts";

export class Host {
  readonly app = new App();
  readonly network = new VirtualNetwork();
  readonly server = new AsyncHttpServer({ network: this.network, maxBody: 1e9, onError: () => undefined });
  readonly pattern = pattern;
  readonly isolatePage = isolatePage;
  readonly reportAborts = reportAborts;
  bridge: Bridge | undefined;
  outdated = 0;

  async start(options: ExposeOptions = { scope: "/" }): Promise<string> {
    await new Promise<void>((onListen) => {
      void this.server.serve(8080, this.app.callback, { onListen: () => onListen() });
    });
    this.bridge = await exposeNetwork(this.network, { ...options, onOutdated: () => this.outdated++ });
    return this.url("/");
  }

  url(path: string, port = 8080): string {
    if (this.bridge === undefined) throw new Error("start() first");
    return this.bridge.urlFor(port, path);
  }

  /** How long one fetch of each URL takes, from within its window, in turns: the medians, in milliseconds. */
  async race(runners: readonly { from: Window | null; url: string }[], rounds: number): Promise<number[]> {
    const times: number[][] = runners.map(() => []);
    for (let round = 0; round < rounds; round++) {
      for (const [index, { from, url }] of runners.entries()) {
        const started = performance.now();
        const response = await (from ?? window).fetch(url);
        await response.text();
        if (round >= rounds / 5) times[index]?.push(performance.now() - started);
      }
    }
    return times.map((each) => each.sort((a, b) => a - b)[each.length >> 1] ?? 0);
  }
}

declare global {
  var host: Host;
}
globalThis.host = new Host();
