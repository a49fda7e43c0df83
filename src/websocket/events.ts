/** What a `close` event tells. */
export interface WebSocketCloseEvent extends Event {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
}

/** What an `error` event tells: more than the platform's, whose error events are silent on why. */
export interface WebSocketErrorEvent extends Event {
  readonly error: unknown;
  readonly message: string;
}

/** The events of a connection by their type. Those of control frames are `ping` and `pong`. */
export interface WebSocketEvents {
  readonly open: Event;
  readonly message: MessageEvent;
  readonly error: WebSocketErrorEvent;
  readonly close: WebSocketCloseEvent;
  readonly ping: MessageEvent;
  readonly pong: MessageEvent;
}

export interface CloseInit {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
}

class OwnCloseEvent extends Event implements WebSocketCloseEvent {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;

  constructor(type: string, init: CloseInit) {
    super(type);
    this.code = init.code;
    this.reason = init.reason;
    this.wasClean = init.wasClean;
  }
}

/** The platform's `CloseEvent` where it has one (browsers, Node 23), so that `instanceof` holds. */
export function closeEvent(init: CloseInit): WebSocketCloseEvent {
  return typeof CloseEvent === "function" ? new CloseEvent("close", init) : new OwnCloseEvent("close", init);
}

class OwnErrorEvent extends Event implements WebSocketErrorEvent {
  readonly error: unknown;
  readonly message: string;

  constructor(error: unknown) {
    super("error");
    this.error = error;
    this.message = error instanceof Error ? error.message : String(error);
  }
}

export function errorEvent(error: unknown): WebSocketErrorEvent {
  return new OwnErrorEvent(error);
}
