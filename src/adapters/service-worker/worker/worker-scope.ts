/** The part of a `ServiceWorkerGlobalScope` that is used, in words of our own: the library of types for pages has none. */
import type { Locks } from "../locks.ts";

export interface WorkerClient {
  readonly id: string;
  readonly url: string;
  postMessage(message: unknown): void;
}

export interface WorkerFetchEvent {
  readonly request: Request;
  readonly clientId: string;
  readonly resultingClientId: string;
  /** Settles when the browser has the response. Missing in older browsers. */
  readonly handled?: Promise<void>;
  respondWith(response: Response | Promise<Response>): void;
  waitUntil(work: Promise<unknown>): void;
}

export interface WorkerMessageEvent {
  readonly data: unknown;
  readonly ports: readonly MessagePort[];
  waitUntil(work: Promise<unknown>): void;
}

export interface WorkerLifeEvent {
  waitUntil(work: Promise<unknown>): void;
}

export interface WorkerScope {
  readonly registration: { readonly scope: string };
  readonly clients: {
    get(id: string): Promise<WorkerClient | undefined>;
    matchAll(options: { type: "window"; includeUncontrolled: true }): Promise<readonly WorkerClient[]>;
    claim(): Promise<void>;
  };
  readonly navigator: { readonly locks: Locks };
  readonly location: { readonly href: string };
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", listener: (event: WorkerLifeEvent) => void): void;
  addEventListener(type: "message", listener: (event: WorkerMessageEvent) => void): void;
  addEventListener(type: "fetch", listener: (event: WorkerFetchEvent) => void): void;
}
