import { afterEach, beforeEach, expect, test, vi } from "vitest";

type Answer = Promise<Response>;
const listeners = new Map<string, (event: unknown) => void>();
const kept = new Map([["https://play.example/index.html", "kept page"]]);

beforeEach(async () => {
  vi.useFakeTimers();
  vi.resetModules();
  const cache = { match: async (url: string) => (kept.has(url) ? new Response(kept.get(url)) : undefined) };
  for (const [name, value] of Object.entries({
    registration: { scope: "https://play.example/" },
    addEventListener: (type: string, listener: (event: unknown) => void) => listeners.set(type, listener),
    caches: { open: async () => cache },
    OFFLINE_FILES: ["./index.html", "./new.html"],
    OFFLINE_VERSION: "1",
  }))
    vi.stubGlobal(name, value);
  await import("./offline-worker.ts");
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** What a navigation gets; `undefined` when the worker leaves it alone. */
function navigate(path: string, network: () => Answer): Answer | undefined {
  vi.stubGlobal("fetch", network);
  let answer: Answer | undefined;
  listeners.get("fetch")?.({
    request: { url: `https://play.example${path}`, method: "GET", mode: "navigate" },
    respondWith: (given: Answer) => {
      answer = given;
    },
  });
  return answer;
}

const textOf = async (answer: Answer | undefined) => (await answer)?.text();

test("a page comes from the network when that answers", async () => {
  expect(await textOf(navigate("/index.html?a#b", async () => new Response("new page")))).toBe("new page");
});

test.each([
  ["fails", () => Promise.reject(new TypeError("Failed to fetch"))],
  ["does not reach the host", async () => new Response("bad gateway", { status: 502 })],
])("a page that is kept is shown when the network %s", async (_how, network) => {
  expect(await textOf(navigate("/index.html", network))).toBe("kept page");
});

test("a page that is kept is not waited for without end: a network that hangs is none", async () => {
  const shown = textOf(navigate("/index.html", () => new Promise(() => {})));
  await vi.advanceTimersByTimeAsync(3_999);
  expect(await Promise.race([shown, Promise.resolve("nothing yet")])).toBe("nothing yet");
  await vi.advanceTimersByTimeAsync(1);
  expect(await shown).toBe("kept page");
});

test("a page that is not kept is waited for, and its failure is told", async () => {
  await expect(navigate("/new.html", () => Promise.reject(new TypeError("no network")))).rejects.toThrow(
    "no network",
  );
});

test("what was not built with the worker is left alone", () => {
  expect(navigate("/other.html", async () => new Response())).toBeUndefined();
});
