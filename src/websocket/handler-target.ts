import type { WebSocketCloseEvent, WebSocketErrorEvent } from "./events.ts";

type Handler<E extends Event> = ((event: E) => unknown) | null;

export const CONNECTING = 0;
export const OPEN = 1;
export const CLOSING = 2;
export const CLOSED = 3;

/** An `EventTarget` with a `WebSocket`'s constants and event handler attributes. */
export class HandlerTarget extends EventTarget {
  static readonly CONNECTING = CONNECTING;
  static readonly OPEN = OPEN;
  static readonly CLOSING = CLOSING;
  static readonly CLOSED = CLOSED;

  get CONNECTING(): 0 {
    return CONNECTING;
  }
  get OPEN(): 1 {
    return OPEN;
  }
  get CLOSING(): 2 {
    return CLOSING;
  }
  get CLOSED(): 3 {
    return CLOSED;
  }

  readonly #handlers = new HandlerAttributes(this);

  get onopen(): Handler<Event> {
    return this.#handlers.get("open");
  }
  set onopen(handler: Handler<Event>) {
    this.#handlers.set("open", handler);
  }
  get onmessage(): Handler<MessageEvent> {
    return this.#handlers.get("message");
  }
  set onmessage(handler: Handler<MessageEvent>) {
    this.#handlers.set("message", handler);
  }
  get onerror(): Handler<WebSocketErrorEvent> {
    return this.#handlers.get("error");
  }
  set onerror(handler: Handler<WebSocketErrorEvent>) {
    this.#handlers.set("error", handler);
  }
  get onclose(): Handler<WebSocketCloseEvent> {
    return this.#handlers.get("close");
  }
  set onclose(handler: Handler<WebSocketCloseEvent>) {
    this.#handlers.set("close", handler);
  }
}

/** Event handler attributes (`onmessage` and the like), as HTML describes them. */
class HandlerAttributes {
  readonly #target: EventTarget;
  readonly #handlers = new Map<
    string,
    { handler: (event: Event) => unknown; listener: (event: Event) => void }
  >();

  constructor(target: EventTarget) {
    this.#target = target;
  }

  get<E extends Event>(type: string): Handler<E> {
    return (this.#handlers.get(type)?.handler as Handler<E> | undefined) ?? null;
  }

  /** A new handler takes the place of the one before it in the order of listeners. */
  set(type: string, handler: unknown): void {
    const entry = this.#handlers.get(type);
    if (typeof handler !== "function") {
      if (entry !== undefined) this.#target.removeEventListener(type, entry.listener);
      this.#handlers.delete(type);
    } else if (entry !== undefined) {
      entry.handler = handler as (event: Event) => unknown;
    } else {
      const made = {
        handler: handler as (event: Event) => unknown,
        listener: (event: Event): void => {
          made.handler.call(this.#target, event);
        },
      };
      this.#handlers.set(type, made);
      this.#target.addEventListener(type, made.listener);
    }
  }
}
