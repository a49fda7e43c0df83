/** Runs in the page of these tests: a virtual network, the app on port 8080, and the bridge. */
import { AsyncHttpServer, type Network } from "portico";
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
  /** Bytes that the bridge has sent over the connection that it sent most over. */
  sent = 0;

  async start(options: ExposeOptions = { scope: "/" }): Promise<string> {
    await new Promise<void>((onListen) => {
      void this.server.serve(8080, this.app.callback, { onListen: () => onListen() });
    });
    this.bridge = await exposeNetwork(this.#counted(), { ...options, onOutdated: () => this.outdated++ });
    return this.url("/");
  }

  url(path: string, port = 8080): string {
    if (this.bridge === undefined) throw new Error("start() first");
    return this.bridge.urlFor(port, path);
  }

  /**
   * How long one fetch of each URL takes, from within its window, in turns: the medians, in milliseconds. Goes on
   * until the ratios of several races lie close together, which on a machine that does other things takes longer.
   */
  async race(first: Runner, second: Runner): Promise<Race> {
    const races: Race[] = [];
    await lap(first, second, 100);
    while (races.length < MOST_LAPS) {
      races.push(await lap(first, second, 100));
      races.sort((a, b) => a.ratio - b.ratio);
      const [low, middle, high] = [0.25, 0.5, 0.75].map(
        (at) => races[Math.floor(races.length * at)]?.ratio ?? 0,
      );
      if (races.length >= FEWEST_LAPS && (high ?? 0) - (low ?? 0) < 0.08 * (middle ?? 0)) break;
    }
    return { ...(races[races.length >> 1] as Race), laps: races.length };
  }

  /** Resolves when `progress` stands still, however long other requests take to come and go meanwhile. */
  async still(progress: () => number): Promise<void> {
    for (let rounds = 0, before = progress(); rounds < 10; rounds++) {
      await (await fetch(this.url("/echo"))).text();
      if (progress() === before) continue;
      before = progress();
      rounds = 0;
    }
  }

  /** The network as the bridge sees it, which counts what is sent. */
  #counted(): Network {
    const { network } = this;
    return {
      listen: (spec) => network.listen(spec),
      descriptors: () => network.descriptors(),
      connect: async (spec) => {
        const socket = await network.connect(spec);
        const write = socket.write.bind(socket);
        let bytes = 0;
        socket.write = (data, given) => {
          bytes += data.length;
          this.sent = Math.max(this.sent, bytes);
          return write(data, given);
        };
        return socket;
      },
    };
  }
}

interface Runner {
  readonly from: Window | null;
  readonly url: string;
}

/** Medians in milliseconds, the first's over the second's, and how many laps it took to be sure. */
interface Race {
  readonly first: number;
  readonly second: number;
  readonly ratio: number;
  readonly laps: number;
}

const FEWEST_LAPS = 7;
const MOST_LAPS = 40;

async function lap(...args: [Runner, Runner, number]): Promise<Race> {
  const [one, other, rounds] = args;
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    for (const [index, { from, url }] of [one, other].entries()) {
      const started = performance.now();
      await (await (from ?? window).fetch(url)).text();
      times[index]?.push(performance.now() - started);
    }
  }
  const [first = 0, second = 1] = times.map((each) => each.sort((a, b) => a - b)[each.length >> 1]);
  return { first, second, ratio: first / second, laps: 1 };
}

declare global {
  var host: Host;
}
globalThis.host = new Host();
