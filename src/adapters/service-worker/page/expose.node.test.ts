import { afterEach, expect, test, vi } from "vitest";
import { VirtualNetwork } from "../../virtual/index.ts";
import { BridgeError } from "../errors.ts";
import { exposeNetwork } from "./expose.ts";
import { isolatePage } from "./isolate-page.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

const denied = () => new DOMException("The request was denied.", "SecurityError");

/** What Chromium 156 does. */
const places: Readonly<Record<string, object>> = {
  "a page that is not secure": {},
  "a frame with sandbox": {
    get serviceWorker() {
      throw denied();
    },
    locks: { request: () => Promise.reject(denied()) },
  },
  "a browser that blocks cookies": {
    serviceWorker: { getRegistration: () => Promise.reject(new DOMException("", "NotSupportedError")) },
    locks: { request: () => Promise.reject(denied()) },
  },
};

test.each(Object.keys(places))("%s has no service workers, and that is said", async (place) => {
  vi.stubGlobal("navigator", places[place]);
  vi.stubGlobal("document", { baseURI: "https://host.example/" });
  vi.stubGlobal("location", new URL("https://host.example/"));
  Object.defineProperty(globalThis, "sessionStorage", {
    configurable: true,
    get() {
      throw denied();
    },
  });
  try {
    for (const attempt of [() => exposeNetwork(new VirtualNetwork()), isolatePage]) {
      const error = await attempt().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(BridgeError);
      expect(error).toMatchObject({ code: "ServiceWorkerUnsupported" });
    }
  } finally {
    Reflect.deleteProperty(globalThis, "sessionStorage");
  }
});
