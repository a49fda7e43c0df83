import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FakeClock } from "../../testing/fake-clock.ts";
import type { WebContainerApi, WebContainerLike } from "./api.ts";
import { bootWebContainer } from "./boot.ts";
import { containerHost } from "./detect.ts";

const container = { isOne: true } as unknown as WebContainerLike;
/** What the host says by `message`, as a page would hear it. */
let events: EventTarget;

beforeEach(() => {
  events = new EventTarget();
  vi.stubGlobal("crossOriginIsolated", true);
  vi.stubGlobal("navigator", { serviceWorker: {} });
  vi.stubGlobal(
    "fetch",
    vi.fn(async () => new Response()),
  );
  vi.stubGlobal("addEventListener", events.addEventListener.bind(events));
  vi.stubGlobal("removeEventListener", events.removeEventListener.bind(events));
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const api = (boot: () => Promise<WebContainerLike>) => async (): Promise<WebContainerApi> => ({
  WebContainer: { boot },
});
const never = () => new Promise<never>(() => {});
const host = "https://host.example";

describe("booting", () => {
  test("asks the host first, then the client library", async () => {
    const boot = vi.fn(async () => container);
    expect(await bootWebContainer({ host, load: api(boot) })).toBe(container);
    expect(fetch).toHaveBeenCalledWith(`${host}/headless`, expect.objectContaining({ mode: "no-cors" }));
    expect(boot).toHaveBeenCalledWith({ coep: "require-corp", workdirName: "portico" });
  });

  test("is given up when the host says nothing for too long, each word of it gives it more time", async () => {
    const clock = new FakeClock();
    const booting = bootWebContainer({ host, stallMs: 1000, clock, load: api(never) });
    const failed = expect(booting).rejects.toMatchObject({ code: "BootTimeout" });
    await vi.waitFor(() => expect(clock.pending).toBe(1));
    await clock.advance(900);
    const said = (origin: string) => events.dispatchEvent(Object.assign(new Event("message"), { origin }));
    said(host);
    await clock.advance(900);
    expect(clock.pending).toBe(1);
    said("https://another.example");
    await clock.advance(100);
    await failed;
  });

  test("that fails says why, and leaves no timer", async () => {
    const clock = new FakeClock();
    const load = api(() => Promise.reject(new Error("no memory left")));
    await expect(bootWebContainer({ host, clock, load })).rejects.toMatchObject({
      code: "BootFailed",
      message: "The WebContainer could not boot: no memory left",
    });
    expect(clock.pending).toBe(0);
  });
});

describe("what can't boot is not tried", () => {
  const load = api(() => Promise.reject(new Error("it was tried")));

  test("without isolation", async () => {
    vi.stubGlobal("crossOriginIsolated", false);
    await expect(bootWebContainer({ host, load })).rejects.toMatchObject({ code: "NotIsolated" });
  });

  test("without service workers", async () => {
    vi.stubGlobal("navigator", {});
    await expect(bootWebContainer({ host, load })).rejects.toMatchObject({
      code: "ServiceWorkerUnsupported",
    });
  });

  test("without its host", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("offline")));
    await expect(bootWebContainer({ host, load })).rejects.toMatchObject({ code: "HostUnreachable" });
  });
});

test("the host is the one that was named, then the global one, then the makers'", () => {
  vi.stubGlobal("WEBCONTAINER_API_IFRAME_URL", undefined);
  expect(containerHost()).toBe("https://stackblitz.com");
  vi.stubGlobal("WEBCONTAINER_API_IFRAME_URL", "http://localhost:1/headless");
  expect(containerHost()).toBe("http://localhost:1");
  expect(containerHost("https://host.example/x")).toBe("https://host.example");
});
