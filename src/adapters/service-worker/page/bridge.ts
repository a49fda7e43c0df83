import type { ResponseHead } from "../../../http1/response-reader.ts";
import type { Clock, Network } from "../../../socket/index.ts";
import { type Added, answerHeaders, isFieldValue, isPage, requestHeaders, siteContext } from "../headers.ts";
import { isHeld, type Locks, whenReleased } from "../locks.ts";
import {
  type AnswerHead,
  type FetchDescription,
  type FirstBytes,
  type Hello,
  isGreeting,
  type KeepAlive,
  type ToPage,
  VERSION,
  type Waits,
  type Welcome,
} from "../protocol.ts";
import { type Place, type Routes, virtualUrl } from "../routes.ts";
import { workerLock } from "../session.ts";
import { Cookies } from "./cookies.ts";
import { type EventStream, EventStreams } from "./event-streams.ts";
import { Exchange } from "./exchange.ts";
import { Orphans } from "./orphans.ts";
import type { Outlet } from "./outlet.ts";
import { PageLink, type PageLinkHost } from "./page-link.ts";
import { RequestWriter } from "./request-writer.ts";

/** A worker as far as greetings go. */
export interface Greeted {
  postMessage(message: unknown, transfer?: Transferable[]): void;
}

/** A worker that lives, as far as anybody knows. */
interface Living {
  readonly worker: Greeted;
  readonly instance: string;
  /** Ends the watch over it. */
  readonly unwatch: () => void;
}

export interface BridgeParts {
  readonly network: Network;
  readonly routes: Routes;
  /** Where previews begin. */
  readonly prefix: string;
  readonly session: string;
  /** What every answer gets. */
  readonly added: Added;
  readonly locks: Locks;
  readonly clock: Clock;
  readonly waits: Waits;
}

/** The page's half: one session, its links to workers that come and go, and what is in flight. */
export class PageBridge implements PageLinkHost {
  readonly #parts: BridgeParts;
  readonly #cookies = new Cookies();
  readonly #events: EventStreams;
  readonly #orphans: Orphans;
  readonly #links = new Map<PageLink, Living>();
  readonly #running = new Map<Exchange, FetchDescription>();
  #keepAlive: unknown;
  #closed = false;

  constructor(parts: BridgeParts) {
    this.#parts = parts;
    this.#events = new EventStreams(parts.clock);
    this.#orphans = new Orphans(parts.clock, parts.waits.replayMs);
  }

  /**
   * Gives a worker a link to this session.
   * @returns the version that the worker speaks, `undefined` when it does not answer in time
   */
  greet(worker: Greeted, claim = false): Promise<number | undefined> {
    const { port1, port2 } = new MessageChannel();
    const { clock, session, waits } = this.#parts;
    return new Promise((resolve) => {
      const timer = clock.setTimeout(() => resolve(undefined), waits.welcomeMs);
      port1.onmessage = ({ data }: MessageEvent<unknown>) => {
        clock.clearTimeout(timer);
        if (!isGreeting(data) || data.portico !== "welcome") return;
        this.#welcomed(data, worker, port1);
        resolve(data.version);
      };
      const hello: Hello = { portico: "hello", version: VERSION, session, claim };
      worker.postMessage(hello, [port2]);
    });
  }

  exchange(fetch: FetchDescription, body: FirstBytes | null, outlet: Outlet): Exchange {
    const left = this.#orphans.claim(fetch, body);
    if (left !== undefined) {
      left.attach(outlet, body);
      return left;
    }
    const { network, clock, routes, prefix, session, waits } = this.#parts;
    const place: Place = { prefix, session, port: fetch.port, target: fetch.target };
    const url = virtualUrl(place);
    const site = siteContext(fetch, session, routes);
    const headers = requestHeaders(fetch, place, routes);
    const anonymous = fetch.credentials === "omit";
    const cookie = anonymous ? "" : this.#cookies.header(url, site);
    if (cookie !== "") headers.set("Cookie", cookie);
    const position = this.#events.take(fetch);
    if (position !== undefined && isFieldValue(position.id)) headers.set("Last-Event-ID", position.id);
    let events: EventStream | undefined;
    const markup = this.#parts.added.markup && new TextEncoder().encode(this.#parts.added.markup);
    const insert = (head: ResponseHead) => (markup && isPage(fetch, head.headers) ? markup : undefined);
    const exchange: Exchange = new Exchange(
      {
        network,
        clock,
        connectMs: waits.connectMs,
        translate: (head) => {
          if (head.status === 200)
            events = this.#events.follow(fetch, head.headers.get("content-type"), position);
          return this.#translate(head, place, insert(head) !== undefined, async () => {
            if (!anonymous) await this.#cookies.store(head.headers.getSetCookie(), url, site);
          });
        },
        insert,
        passed: (bytes) => events?.feed(bytes),
        ended: (how) => {
          if (how === "over") events?.over();
          this.#ended(exchange);
        },
      },
      fetch.method,
      new RequestWriter(fetch.method, fetch.target, headers, body),
    );
    this.#running.set(exchange, fetch);
    this.#stayAlive();
    void exchange.start(fetch.port, outlet);
    return exchange;
  }

  close(): void {
    this.#closed = true;
    this.#parts.clock.clearTimeout(this.#keepAlive);
    for (const [link, { unwatch }] of this.#links) {
      unwatch();
      link.close();
    }
    this.#links.clear();
    this.#orphans.clear();
  }

  #welcomed({ version, instance }: Welcome, worker: Greeted, port: MessagePort): void {
    if (this.#closed || version !== VERSION) {
      port.close();
      return;
    }
    const { locks } = this.#parts;
    const link = new PageLink(port, this);
    const early: ToPage[] = [];
    port.onmessage = ({ data }: MessageEvent<ToPage>) => early.push(data);
    const others = [...this.#links].filter(([other]) => other.busy);
    // What this worker says may be a replay, so who died before it is buried first.
    const buried = others.map(([other, at]) =>
      isHeld(locks, workerLock(at.instance)).then((held) => (held ? undefined : this.#bury(other))),
    );
    const begin = () => {
      port.onmessage = ({ data }: MessageEvent<ToPage>) => link.receive(data);
      for (const message of early) link.receive(message);
    };
    if (buried.length === 0) begin();
    else Promise.all(buried).then(begin, begin);
    const unwatch = whenReleased(locks, workerLock(instance), () => this.#bury(link));
    this.#links.set(link, { worker, instance, unwatch });
  }

  /** The worker died: what can still be answered waits for the browser to dispatch it again. */
  #bury(link: PageLink): void {
    if (!this.#links.delete(link)) return;
    for (const exchange of link.bury()) {
      const fetch = this.#running.get(exchange);
      if (fetch !== undefined) this.#orphans.add(exchange, fetch);
    }
  }

  #translate(
    head: ResponseHead,
    place: Place,
    grows: boolean,
    store: () => Promise<void>,
  ): AnswerHead | Promise<AnswerHead> {
    const { routes } = this.#parts;
    const { markup, ...others } = this.#parts.added;
    const added: Added = grows ? { ...others, markup } : others;
    const answer: AnswerHead = {
      status: head.status,
      reason: head.reason,
      headers: answerHeaders(head.headers, place, routes, added),
    };
    // The next request may be on its way once the browser has this answer: its cookies have to be there.
    return head.headers.has("set-cookie") ? store().then(() => answer) : answer;
  }

  #ended(exchange: Exchange): void {
    this.#running.delete(exchange);
    for (const link of this.#links.keys()) link.forget(exchange);
  }

  #stayAlive(): void {
    if (this.#keepAlive !== undefined || this.#closed) return;
    const { clock, waits } = this.#parts;
    this.#keepAlive = clock.setTimeout(() => {
      this.#keepAlive = undefined;
      if (this.#running.size === 0) return;
      const message: KeepAlive = { portico: "keep-alive", version: VERSION };
      for (const { worker } of this.#links.values()) worker.postMessage(message);
      this.#stayAlive();
    }, waits.keepAliveMs);
  }
}
