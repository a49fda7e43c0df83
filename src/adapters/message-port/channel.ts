import { type Clock, NetworkError } from "../../socket/index.ts";
import { type Channel as Kind, type Message, type PortLike, parse, VERSION } from "./protocol.ts";
import { Vigil } from "./vigil.ts";

/** Pings in a row without a sign of life after which the other side is given up. */
const UNANSWERED = 3;
/** The same before its hello: a worker's script may still be on its way. */
const UNANSWERED_AT_FIRST = 12;

/** Pings, pongs and locks in a second that are no conversation any more: they would keep this side from all else. */
const SMALL_TALK = 2500;

/** After a death notice: what the dead had said before may still be on its way. */
const GRACE_MS = 250;

/** What a channel tells its user. Never from inside a call to it. */
export interface ChannelEvents {
  /** The other side is there and speaks this version. */
  onHello(address: string | undefined): void;
  onMessage(message: Message): void;
  /** The other side is gone, or does not speak as it should; the channel is closed. */
  onFailure(error: NetworkError): void;
}

/**
 * A MessagePort with manners: it greets, checks the other side's version and grammar, and notices when the other
 * side has vanished: by the port's `close` event where there is one (Node, but not Chromium 156), else by the lock
 * that it held, else by unanswered pings.
 */
export class Channel {
  readonly #port: PortLike;
  readonly #kind: Kind;
  readonly #events: ChannelEvents;
  readonly #clock: Clock;
  readonly #heartbeatMs: number;
  #state: "greeting" | "open" | "closed" = "greeting";
  readonly #vigil: Vigil | undefined;
  #unheard = 0;
  /** Since when there was how much small talk. */
  #talk = { since: 0, count: 0 };
  #timer: unknown;
  #grace: unknown;

  /** @param heartbeatMs milliseconds between two pings; 0 for none. */
  constructor(
    port: PortLike,
    kind: Kind,
    events: ChannelEvents,
    options: { clock: Clock; heartbeatMs: number; address?: string | undefined },
  ) {
    this.#port = port;
    this.#kind = kind;
    this.#events = events;
    this.#clock = options.clock;
    this.#heartbeatMs = options.heartbeatMs;
    port.addEventListener("message", this.#onMessage);
    port.addEventListener("messageerror", this.#onMessageError);
    port.addEventListener("close", this.#onClose);
    port.start();
    this.post(["hello", kind, VERSION, options.address]);
    this.#schedule();
    if (this.#heartbeatMs > 0) this.#vigil = new Vigil((name) => this.post(["lock", name]));
  }

  post(message: unknown, transfer: (ArrayBuffer | MessagePort)[] = []): void {
    if (this.#state !== "closed") this.#port.postMessage(message, transfer as ArrayBuffer[] & MessagePort[]);
  }

  /** Closes the port, after what was posted. A code tells the other side why. */
  close(code?: string): void {
    if (this.#state === "closed") return;
    if (code !== undefined) this.post(["reset", code]);
    const unheard = this.#state === "greeting" && code !== undefined;
    this.#state = "closed";
    this.#clock.clearTimeout(this.#timer);
    this.#clock.clearTimeout(this.#grace);
    this.#vigil?.end();
    this.#port.removeEventListener("message", this.#onMessage);
    this.#port.removeEventListener("messageerror", this.#onMessageError);
    this.#port.removeEventListener("close", this.#onClose);
    if (unheard) closeWhenHeard(this.#port);
    else this.#port.close();
  }

  /** Gives the other side up. */
  fail(code: string, text: string): void {
    if (this.#state === "closed") return;
    this.close(code);
    this.#events.onFailure(new NetworkError(code, text));
  }

  #onMessage = (event: unknown): void => {
    if (this.#state === "closed") return;
    this.#unheard = 0;
    const message = parse((event as { data?: unknown }).data);
    if (message === undefined) this.fail("EPROTO", "The other side of the port said what makes no sense");
    else if (message.type === "reset") this.#gone(message.code);
    else if (message.type === "hello") this.#greet(message);
    else if (this.#state === "greeting") this.fail("EPROTO", "The other side of the port did not say hello");
    else if (message.type !== "ping" && message.type !== "pong" && message.type !== "lock")
      this.#events.onMessage(message);
    else if (this.#talksTooMuch()) this.fail("EPROTO", "The other side of the port does nothing but talk");
    else if (message.type === "ping") this.post(["pong"]);
    else if (message.type === "lock") this.#vigil?.watch(message.name, this.#died);
  };

  #talksTooMuch(): boolean {
    const now = this.#clock.now();
    if (now - this.#talk.since > 1000) this.#talk = { since: now, count: 0 };
    return ++this.#talk.count > SMALL_TALK;
  }

  #died = (): void => {
    const vanished = () => this.fail("ECONNRESET", "The other side of the port has vanished");
    if (this.#state !== "closed") this.#grace = this.#clock.setTimeout(vanished, GRACE_MS);
  };

  #onMessageError = (): void => {
    this.fail("EPROTO", "A message over the port could not be read");
  };

  #onClose = (): void => {
    this.#gone("ECONNRESET");
  };

  #greet({ channel, version, address }: Message & { type: "hello" }): void {
    if (this.#state === "open") {
      this.fail("EPROTO", "The other side of the port said hello twice");
    } else if (version !== VERSION) {
      const text = `The other side of the port speaks version ${version} of the protocol, this one ${VERSION}`;
      this.fail("EPROTONOSUPPORT", text);
    } else if (channel !== this.#kind) {
      this.fail("EPROTO", `The other side of the port is not a ${this.#kind}`);
    } else {
      this.#state = "open";
      this.#events.onHello(address);
    }
  }

  #gone(code: string): void {
    if (this.#state === "closed") return;
    this.close();
    this.#events.onFailure(new NetworkError(code, "The other side of the port is gone"));
  }

  #schedule(): void {
    if (this.#heartbeatMs > 0) this.#timer = this.#clock.setTimeout(this.#beat, this.#heartbeatMs);
  }

  /** Counts pings rather than time: where timers are held back, in a background tab, so are the pings. */
  #beat = (): void => {
    if (this.#unheard >= (this.#state === "greeting" ? UNANSWERED_AT_FIRST : UNANSWERED)) {
      this.fail("ECONNRESET", "The other side of the port has vanished");
      return;
    }
    this.#unheard++;
    this.post(["ping"]);
    this.#schedule();
  };
}

/**
 * In Firefox what was said to a port is lost when this one closes before that one has arrived: the other side would
 * wait for ever. So this one is closed at the other side's hello; where nobody is, it goes with the last who knew it.
 */
function closeWhenHeard(port: PortLike): void {
  port.addEventListener("message", () => port.close());
  (port as { unref?(): void }).unref?.(); // Node: nothing to stay for
}
