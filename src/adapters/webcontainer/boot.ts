import { type Clock, systemClock } from "../../socket/index.ts";
import type { WebContainerApi, WebContainerLike } from "./api.ts";
import { containerHost, type DetectOptions, detectWebContainer } from "./detect.ts";
import { ContainerError } from "./errors.ts";

const DEFAULT_STALL_MS = 15_000;

/** Options of `bootWebContainer` and `bootContainer`. */
export interface BootOptions extends DetectOptions {
  /** The page's own embedder policy. Default `"require-corp"`. */
  readonly coep?: "require-corp" | "credentialless";
  /** Milliseconds without a sign of the host's after which booting has failed. Default 15,000; 0 is never. */
  readonly stallMs?: number;
  /** Loads the client library. Default: `import("@webcontainer/api")`. */
  readonly load?: () => Promise<WebContainerApi>;
  /** Default: the platform's time. */
  readonly clock?: Clock;
}

/**
 * Boots a WebContainer, in a bounded time. Only one can run in a page. Where booting timed out the library's module is
 * left waiting and can't be used again in the same document: boot inside a frame of the page's own origin where another
 * attempt has to be possible.
 *
 * @throws ContainerError `NotIsolated`, `ServiceWorkerUnsupported`, `HostUnreachable`, `BootTimeout`, `BootFailed`
 *
 * @example
 * ```ts
 * import { bootWebContainer } from "portico/webcontainer";
 *
 * const webcontainer = await bootWebContainer({ coep: "credentialless", stallMs: 30_000 });
 * const process = await webcontainer.spawn("node", ["--version"]);
 * console.log(await process.exit);
 * ```
 */
export async function bootWebContainer(options: BootOptions = {}): Promise<WebContainerLike> {
  await detectWebContainer(options);
  const origin = containerHost(options.host);
  if (options.host !== undefined) Object.assign(globalThis, { WEBCONTAINER_API_IFRAME_URL: origin });
  const stall = new Stall(origin, options.stallMs ?? DEFAULT_STALL_MS, options.clock ?? systemClock);
  try {
    return await Promise.race([boot(options), stall.over]);
  } catch (cause) {
    if (cause instanceof ContainerError) throw cause;
    const said = cause instanceof Error ? `: ${cause.message.slice(0, 200)}` : "";
    throw new ContainerError("BootFailed", `The WebContainer could not boot${said}`, { cause });
  } finally {
    stall.end();
  }
}

async function boot({ load, coep = "require-corp" }: BootOptions): Promise<WebContainerLike> {
  const { WebContainer } = await (load ?? loadApi)();
  return WebContainer.boot({ coep, workdirName: "portico" });
}

/** Its `on` and `spawn` have more overloads than are asked for here. */
const loadApi = async (): Promise<WebContainerApi> => import("@webcontainer/api");

/** Rejects when the host has not said anything for too long. */
class Stall {
  readonly over: Promise<never>;
  readonly #origin: string;
  readonly #afterMs: number;
  readonly #clock: Clock;
  readonly #onMessage = ({ origin }: MessageEvent) => origin === this.#origin && this.#restart();
  #reject: (error: ContainerError) => void = () => {};
  #timer: unknown;

  constructor(origin: string, afterMs: number, clock: Clock) {
    this.#origin = origin;
    this.#afterMs = afterMs;
    this.#clock = clock;
    this.over = new Promise((_, reject) => {
      this.#reject = reject;
    });
    // Who lost the race is not waited for.
    this.over.catch(() => {});
    addEventListener("message", this.#onMessage);
    this.#restart();
  }

  end(): void {
    removeEventListener("message", this.#onMessage);
    this.#clock.clearTimeout(this.#timer);
  }

  #restart(): void {
    this.#clock.clearTimeout(this.#timer);
    if (this.#afterMs === 0) return;
    this.#timer = this.#clock.setTimeout(() => {
      const message = `The host of WebContainers said nothing for ${this.#afterMs} ms`;
      this.#reject(new ContainerError("BootTimeout", message));
    }, this.#afterMs);
  }
}
