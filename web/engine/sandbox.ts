/**
 * The sandboxed frame and the worker in it, from the host's side. The frame has an opaque origin and a policy that
 * lets nothing out; the worker can be ended in the middle of anything. A heart beat tells when it hangs, and our own
 * lateness when it floods us.
 */
import { FRAME_DOCUMENT } from "../sandbox/frame.ts";
import { type Order, type Report, readReport, type StartOrder } from "../sandbox/protocol.ts";

export interface SandboxEvents {
  onReport(report: Report): void;
  /** The watchdog ended the program. */
  onEnd(reason: string): void;
}

const BEAT_MS = 500;
/** A program that answers no heart beat for so long is stuck. Long enough for honest work on a slow machine. */
const STUCK_MS = 8000;
/** The page itself comes late by so much, so often in a row, while the program runs: it is being flooded. */
const LATE_MS = 1000;
const LATE_BEATS = 3;
/** Reports and connections between two beats. A flood comes before the beat that would tell of it. */
const MAX_NOISE = 2000;

export class Sandbox {
  readonly control: MessagePort;
  readonly #frame: HTMLIFrameElement;
  readonly #events: SandboxEvents;
  readonly #beat: ReturnType<typeof setInterval>;
  #life: "live" | "over" = "live";
  #heardAt = performance.now();
  #beatAt = performance.now();
  #late = 0;
  #noise = 0;

  private constructor(frame: HTMLIFrameElement, control: MessagePort, events: SandboxEvents) {
    this.#frame = frame;
    this.control = control;
    this.#events = events;
    this.#beat = setInterval(() => this.#onBeat(), BEAT_MS);
    control.onmessage = ({ data }: MessageEvent<unknown>) => this.#onMessage(data);
  }

  /** @param link the program's end of the link between the networks */
  static async start(
    worker: string,
    order: StartOrder,
    link: MessagePort,
    events: SandboxEvents,
  ): Promise<Sandbox> {
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "allow-scripts");
    frame.setAttribute("aria-hidden", "true");
    frame.title = "Sandbox";
    frame.tabIndex = -1;
    frame.hidden = true;
    frame.srcdoc = FRAME_DOCUMENT;
    const loaded = new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
    document.body.append(frame);
    await loaded;
    const { port1, port2 } = new MessageChannel();
    const sandbox = new Sandbox(frame, port1, events);
    // The frame's origin is opaque: there is no name for it but "*".
    frame.contentWindow?.postMessage({ type: "start", worker, order }, "*", [port2, link]);
    return sandbox;
  }

  /** Ends the worker and takes the frame away. Idempotent. */
  stop(): void {
    if (this.#life === "over") return;
    this.#life = "over";
    clearInterval(this.#beat);
    this.control.close();
    this.#frame.contentWindow?.postMessage({ type: "stop" }, "*");
    // A frame that is gone would end its worker too, but only after a patience of the browser's.
    setTimeout(() => this.#frame.remove(), 100);
  }

  /** The program has made the page do something. */
  hear(): void {
    if (++this.#noise > MAX_NOISE) this.end("it kept the page from working");
  }

  order(order: Order): void {
    this.control.postMessage(order);
  }

  #onMessage(data: unknown): void {
    if (this.#life === "over") return;
    this.#heardAt = performance.now();
    this.hear();
    if (this.#life !== "live") return;
    const report = readReport(data);
    if (!report) this.end("it sent what makes no sense");
    else if (report.type !== "pong") this.#events.onReport(report);
  }

  #onBeat(): void {
    const now = performance.now();
    const late = now - this.#beatAt - BEAT_MS;
    this.#beatAt = now;
    this.#noise = 0;
    if (document.visibilityState === "hidden") this.#heardAt = now;
    this.#late = late > LATE_MS ? this.#late + 1 : 0;
    if (this.#late >= LATE_BEATS) return this.end("it kept the page from working");
    // Time in which we did not run ourselves is not held against it.
    if (late > LATE_MS) this.#heardAt += late;
    if (now - this.#heardAt > STUCK_MS) return this.end(`it did not answer for ${STUCK_MS / 1000} seconds`);
    this.order({ type: "ping" });
  }

  /** Ends the program, and says why. */
  end(reason: string): void {
    if (this.#life === "over") return;
    this.stop();
    this.#events.onEnd(reason);
  }
}
