import { randomUUID } from "node:crypto";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { missing } from "./installed.mjs";
import { Origin, type Seen } from "./origin.ts";
import { haproxy, lenientNginx, nginxOfReadme, ProxyServer, type Wiring } from "./proxies.ts";
import type { Vector } from "./vectors.ts";

interface Front {
  readonly name: string;
  readonly kind: "nginx" | "haproxy";
  readonly configure: (wiring: Wiring) => string;
}

const FRONTS: readonly Front[] = [
  { name: "nginx, as the README has it", kind: "nginx", configure: nginxOfReadme },
  { name: "nginx, lenient and unbuffered", kind: "nginx", configure: lenientNginx },
  { name: "HAProxy", kind: "haproxy", configure: haproxy(false) },
  { name: "HAProxy, lenient", kind: "haproxy", configure: haproxy(true) },
];

/** What a client got over one connection. */
interface Talk {
  readonly port: number;
  readonly text: string;
}

/** How long an attacker may say nothing before it is taken for done. */
const QUIET_MS = 25;

/**
 * Ambiguous framings through real proxies to Portico, over one connection that all clients share.
 *
 * - The proxy stamps each request that it passes on with a secret, the client's port and a name. What the origin
 *   sees without the stamp, or with that of a request that it saw before, nobody sent as a request: it was smuggled.
 * - Each answer tells the stamp of what it answers: every client gets its own answers, each of them once.
 * - After each attack two others ask for something, and get it.
 */
export function smugglingSuite(vectors: readonly Vector[]): void {
  for (const front of FRONTS) {
    const reason = missing([front.kind]);
    if (reason !== undefined) {
      describe(front.name, () => it.skip(reason));
      continue;
    }
    describe(front.name, () => smugglingCases(front, vectors));
  }
}

function smugglingCases({ kind, configure }: Front, vectors: readonly Vector[]): void {
  const secret = randomUUID();
  let origin: Origin;
  let proxy: ProxyServer;
  beforeAll(async () => {
    origin = await Origin.start();
    proxy = await ProxyServer.start(kind, origin.port, configure, secret);
  });
  afterAll(async () => {
    await proxy?.stop();
    await origin?.close();
  });

  it("has clients share connections to the origin", async () => {
    for (let i = 0; i < 6; i++) await victim(proxy.port, `/shared-${i}`);
    expect(origin.seen).toHaveLength(6);
    expect(new Set(origin.seen.map(({ connection }) => connection)).size).toBeLessThan(6);
  });

  it(`lets none of ${vectors.length} ambiguous framings reach anybody else`, async () => {
    const names = new Set<string>();
    const wrong: string[] = [];
    for (const [index, vector] of vectors.entries()) {
      const before = origin.seen.length;
      const attack = await talk(proxy.port, vector.bytes);
      const others = [
        await victim(proxy.port, `/victim-${index}-a`),
        await victim(proxy.port, `/victim-${index}-b`),
      ];
      const complaints = [
        ...unstamped(origin.seen.slice(before), secret, names),
        ...foreign("the attacker", attack, origin.seen.slice(before), secret),
        ...others.flatMap((other, i) => unserved(other, `/victim-${index}-${"ab"[i]}`, secret)),
      ];
      wrong.push(...complaints.map((complaint) => `${vector.name}: ${complaint}`));
    }
    expect(wrong).toEqual([]);
    expect(origin.seen.length).toBeGreaterThanOrEqual(2 * vectors.length);
  });
}

/** Requests that the proxy did not pass on as such. */
function unstamped(seen: readonly Seen[], secret: string, names: Set<string>): string[] {
  return seen.flatMap(({ target, stamps }) => {
    const [stamp = "", ...more] = stamps;
    const [theirs, , name = ""] = stamp.split(" ");
    if (more.length > 0 || theirs !== secret) return [`the origin was asked for ${target} by nobody`];
    if (names.has(name)) return [`the origin was asked for ${target} twice`];
    names.add(name);
    return [];
  });
}

/** Answers of the origin's that are for somebody else, or came more often than the origin was asked. */
function foreign(who: string, { port, text }: Talk, seen: readonly Seen[], secret: string): string[] {
  const answers = answersIn(text);
  const asked = seen.filter(({ stamps }) => stamps[0]?.split(" ")[1] === `${port}`);
  const complaints = answers.flatMap(({ stamp }) =>
    stamp.startsWith(`${secret} ${port} `) ? [] : [`${who} got an answer for somebody else`],
  );
  if (new Set(answers.map(({ number }) => number)).size < answers.length)
    complaints.push(`${who} got an answer twice`);
  if (answers.length > asked.length)
    complaints.push(`${who} got ${answers.length} answers to ${asked.length} requests`);
  return complaints;
}

function unserved(talk: Talk, path: string, secret: string): string[] {
  const answers = answersIn(talk.text);
  const [answer] = answers;
  const own = answer?.stamp.startsWith(`${secret} ${talk.port} `) && answer.target === path;
  const statuses = [...talk.text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status);
  if (own && answers.length === 1 && statuses.join() === "200") return [];
  return [`who asked for ${path} got ${JSON.stringify(talk.text.slice(0, 300))}`];
}

function answersIn(text: string): { number: string; stamp: string; target: string }[] {
  return [...text.matchAll(/^x-answer: (\d+) (.*) (\S+)\r$/gim)].map(
    ([, number = "", stamp = "", target = ""]) => ({
      number,
      stamp,
      target: decodeURIComponent(target),
    }),
  );
}

function victim(port: number, path: string): Promise<Talk> {
  return talk(port, Buffer.from(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`), 5000);
}

/** Sends, and gives what came until the other side closed or said nothing for so long. */
function talk(port: number, bytes: Uint8Array, quietMs = QUIET_MS): Promise<Talk> {
  return new Promise((resolve) => {
    let text = "";
    let own = 0;
    const socket = connect({ port, host: "127.0.0.1" });
    const done = () => socket.destroy();
    let timer = setTimeout(done, 5000);
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(done, quietMs);
    };
    socket.on("connect", () => {
      own = socket.localPort ?? 0;
      socket.write(bytes, wait);
    });
    socket.on("data", (data) => {
      text += data.toString("latin1");
      wait();
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      clearTimeout(timer);
      resolve({ port: own, text });
    });
  });
}
