import { describe, expect, test } from "vitest";
import { FakeLocks } from "../fake-locks.fixture.ts";
import { hold } from "../locks.ts";
import { VERSION, WAITS } from "../protocol.ts";
import { Routes } from "../routes.ts";
import { sessionKey, sessionLock } from "../session.ts";
import { Sessions } from "./sessions.ts";
import type { WorkerClient, WorkerScope } from "./worker-scope.ts";

const session = "0123456789abcdef0123456789abcdef";
const origin = "https://host.example";

/** A worker's surroundings with pages at the given URLs, each a list of what it was sent. */
function surroundings(urls: readonly string[]) {
  const locks = new FakeLocks();
  const heard: unknown[][] = urls.map(() => []);
  const clients: WorkerClient[] = urls.map((url, index) => ({
    id: String(index),
    url,
    postMessage: (message) => void heard[index]?.push(message),
  }));
  const scope: WorkerScope = {
    registration: { scope: `${origin}/~` },
    clients: {
      get: async (id) => clients[Number(id)],
      matchAll: async () => clients,
      claim: async () => undefined,
    },
    navigator: { locks },
    location: { href: `${origin}/portico-sw.js` },
    skipWaiting: async () => undefined,
    addEventListener: () => undefined,
  };
  const sessions = new Sessions(scope, new Routes(origin), { ...WAITS, seekMs: 100 }, VERSION);
  return { locks, heard, sessions };
}

const hello = (version: number) => ({ portico: "hello", version, session, claim: false }) as const;

describe("finding the page of a session", () => {
  test("a session whose lock nobody holds is gone, and nobody is asked", async () => {
    const { heard, sessions } = surroundings([`${origin}/`]);
    await expect(sessions.find(session)).rejects.toMatchObject({ code: "SessionGone" });
    expect(heard).toEqual([[]]);
  });

  test("pages are asked by a key that is not the session, previews never", async () => {
    const { locks, heard, sessions } = surroundings([`${origin}/`, `${origin}/~${session}/8080/`]);
    await hold(locks, sessionLock(await sessionKey(session)));
    const found = sessions.find(session);
    await expect.poll(() => heard[0]?.length).toBe(1);
    expect(heard[0]).toEqual([
      { portico: "seek", version: VERSION, instance: expect.any(String), key: await sessionKey(session) },
    ]);
    expect(JSON.stringify(heard)).not.toContain(session);
    expect(heard[1]).toEqual([]);
    const { port1, port2 } = new MessageChannel();
    await sessions.welcome(hello(VERSION), port2);
    expect(await found).toBe(sessions.find(session));
    port1.close();
  });

  test("a page that does not answer is given up", async () => {
    const { locks, sessions } = surroundings([`${origin}/`]);
    await hold(locks, sessionLock(await sessionKey(session)));
    await expect(sessions.find(session)).rejects.toMatchObject({ code: "SessionSilent" });
  });

  test("a page that goes while it is asked ends the wait", async () => {
    const { locks, heard, sessions } = surroundings([`${origin}/`]);
    const name = sessionLock(await sessionKey(session));
    await hold(locks, name);
    const found = sessions.find(session);
    found instanceof Promise && found.catch(() => undefined);
    await expect.poll(() => heard[0]?.length).toBe(1);
    locks.release(name);
    await expect(found).rejects.toMatchObject({ code: "SessionGone" });
  });

  test("a page of another version is told this one, and not used", async () => {
    const { locks, heard, sessions } = surroundings([`${origin}/`]);
    await hold(locks, sessionLock(await sessionKey(session)));
    const found = sessions.find(session);
    found instanceof Promise && found.catch(() => undefined);
    await expect.poll(() => heard[0]?.length).toBe(1);
    const { port1, port2 } = new MessageChannel();
    const welcome = new Promise((resolve) => {
      port1.onmessage = ({ data }) => resolve(data);
    });
    await sessions.welcome(hello(VERSION + 1), port2);
    expect(await welcome).toMatchObject({ portico: "welcome", version: VERSION });
    await expect(found).rejects.toMatchObject({ code: "PageOutdated" });
    port1.close();
  });

  test("a page that goes fails what it was asked", async () => {
    const { locks, sessions } = surroundings([]);
    const name = sessionLock(await sessionKey(session));
    await hold(locks, name);
    const { port1, port2 } = new MessageChannel();
    await sessions.welcome(hello(VERSION), port2);
    const link = await sessions.find(session);
    const fetch = {
      port: 80,
      method: "GET",
      target: "/",
      headers: [],
      referrer: "",
      mode: "cors",
      destination: "",
      credentials: "same-origin",
      client: "",
    };
    const ask = link.ask(fetch, null);
    locks.release(name);
    await expect(ask.answer).rejects.toMatchObject({ code: "SessionGone" });
    await expect(sessions.find(session)).rejects.toMatchObject({ code: "SessionGone" });
    port1.close();
  });
});
