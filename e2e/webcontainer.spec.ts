/** `portico/webcontainer`: the built package and the real client library, against a stand-in for the runtime's host. */
import { build } from "esbuild";
import { test as base, expect } from "playwright/test";
import { AsyncHttpServer } from "portico";
import { root } from "../scripts/entries.mjs";
import { StandIn } from "./webcontainer/stand-in.ts";

const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

const test = base.extend<{ host: StandIn; openPage: () => Promise<void> }, { site: string }>({
  site: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from the pattern
    async ({}, use) => {
      const { outputFiles } = await build({
        entryPoints: [`${root}e2e/webcontainer/page.ts`],
        bundle: true,
        write: false,
        format: "iife",
        platform: "browser",
        target: "es2022",
        tsconfigRaw: {},
        absWorkingDir: root,
        logLevel: "error",
      });
      const script = outputFiles[0]?.text ?? "";
      const server = new AsyncHttpServer();
      await new Promise<void>((resolve) => {
        void server.serve(
          0,
          (request) =>
            request.target === "/page.js"
              ? request.respond(200, script, { "Content-Type": "text/javascript" })
              : request.respond(200, '<!doctype html><body><script src="/page.js"></script>', {
                  "Content-Type": "text/html",
                  ...(request.target === "/" && isolation),
                }),
          { address: "127.0.0.1", onListen: () => resolve() },
        );
      });
      await use(`http://127.0.0.1:${server.getPort()}/`);
      await server.close({ graceMs: 0 });
    },
    { scope: "worker" },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from the pattern
  host: async ({}, use) => {
    const host = await StandIn.start();
    await use(host);
    await host.close();
  },
  openPage: async ({ page, host, site }, use) => {
    await use(async () => {
      await page.addInitScript(
        (url) => Object.assign(globalThis, { WEBCONTAINER_API_IFRAME_URL: url }),
        host.url,
      );
      await page.goto(site);
    });
  },
});

const SERVER = `import { AsyncHttpServer, defaultNetwork } from "portico";
import { NodeNetwork } from "portico/node";
console.log("on", defaultNetwork instanceof NodeNetwork ? "NodeNetwork" : "something else");
const server = new AsyncHttpServer();
await server.serve(0, async (request) => {
  const text = await request.text();
  await request.respond(200, request.method + " " + request.target + " " + text, { "X-Node": process.versions.node });
});`;

test("boots, mounts the package, runs a program on NodeNetwork, and has its URL when it is ready", async ({
  page,
  openPage,
}) => {
  await openPage();
  expect(await page.evaluate(() => tests.boot())).toBeUndefined();
  const seen = await page.evaluate(async (source) => {
    const program = await tests.booted.run(source);
    const reader = program.output.getReader();
    const { port, url } = await program.ready;
    const { value } = await reader.read();
    const overRelay = await tests.createFetch(await tests.booted.network())(`http://localhost:${port}/a?b`, {
      method: "PUT",
      body: "ü".repeat(100_000),
    });
    const text = await overRelay.text();
    return {
      url,
      value,
      node: overRelay.headers.get("x-node"),
      text: text.slice(0, 12),
      length: text.length,
    };
  }, SERVER);
  expect(seen.value).toBe("on NodeNetwork\r\n");
  expect(seen).toMatchObject({ node: process.versions.node, text: "PUT /a?b üüü", length: 100_009 });
  const direct = await fetch(seen.url);
  expect(await direct.text()).toBe("GET / ");
});

test("a program's output, its exit code, arguments, environment and files", async ({ page, openPage }) => {
  await openPage();
  await page.evaluate(() => tests.boot());
  const result = await page.evaluate(() =>
    tests.output(
      `import { readFileSync } from "node:fs";
console.log(process.argv.slice(2).join(), process.env.TONE, readFileSync("data/a.txt", "utf8"));
console.error("an error");
process.exitCode = 3;`,
      {
        args: ["x", "y"],
        env: { TONE: "blue" },
        files: { data: { directory: { "a.txt": { file: { contents: "grüß" } } } } },
      },
    ),
  );
  expect(result.code).toBe(3);
  expect(result.text).toContain("x,y blue grüß\r\n");
  expect(result.text).toContain("an error\r\n");
});

test("a program that never listens is told from one that does", async ({ page, openPage }) => {
  await openPage();
  await page.evaluate(() => tests.boot());
  const code = await page.evaluate(async () => {
    const program = await tests.booted.run("1 + 1;");
    return program.ready.catch(({ code }: { code: string }) => code);
  });
  expect(code).toBe("ContainerClosed");
});

test("kill ends a program, close ends everything", async ({ page, openPage, host }) => {
  await openPage();
  await page.evaluate(() => tests.boot());
  const ports = await page.evaluate(async (source) => {
    const program = await tests.booted.run(source);
    await program.ready;
    const during = tests.booted.ports.length;
    const closed = new Promise((resolve) =>
      tests.booted.onPort((event) => event === "close" && resolve(event)),
    );
    program.kill();
    await closed;
    return { during, after: tests.booted.ports.length, code: await program.exit };
  }, SERVER);
  expect(ports).toEqual({ during: 1, after: 0, code: 137 });
  await page.evaluate(async (source) => {
    await tests.booted.run(source);
    await tests.booted.network();
    await tests.booted.close();
  }, SERVER);
  await expect.poll(() => host.processes).toBe(0);
  const after = await page.evaluate(() => tests.booted.run("1;").catch(({ code }: { code: string }) => code));
  expect(after).toBe("ContainerClosed");
});

test("connections through the relay are the program's own: refused, half-closed, and many at a time", async ({
  page,
  openPage,
}) => {
  await openPage();
  await page.evaluate(() => tests.boot());
  const seen = await page.evaluate(async (source) => {
    const program = await tests.booted.run(source);
    const { port } = await program.ready;
    const network = await tests.booted.network();
    const refused = await network
      .connect({ host: "localhost", port: 1 })
      .catch(({ code }: { code: string }) => code);
    const fetch = tests.createFetch(network);
    const many = await Promise.all(
      Array.from({ length: 50 }, async (_, i) => (await fetch(`http://localhost:${port}/${i}`)).text()),
    );
    const socket = await network.connect({ host: "localhost", port });
    const raw = await new Promise<string>((resolve) => {
      let text = "";
      socket.open({
        onData: (bytes) => {
          text += new TextDecoder().decode(bytes);
        },
        onEnd: () => {},
        onDrain: () => {},
        onClose: () => resolve(text),
      });
      socket.write("GET /half HTTP/1.1\r\nHost: a\r\n\r\n");
      socket.end();
    });
    return { refused, last: many.at(-1), count: new Set(many).size, raw: raw.slice(0, 15) };
  }, SERVER);
  expect(seen).toEqual({ refused: "ECONNREFUSED", last: "GET /49 ", count: 50, raw: "HTTP/1.1 200 OK" });
});

test("a host that never answers is given up after the time that was set", async ({
  page,
  openPage,
  host,
}) => {
  host.behaviour = "silent";
  await openPage();
  const failure = await page.evaluate(() => tests.boot({ stallMs: 700 }));
  expect(failure).toEqual({
    code: "BootTimeout",
    message: "The host of WebContainers said nothing for 700 ms",
  });
});

test("a host that fails says why, and the same page can try again", async ({ page, openPage, host }) => {
  host.behaviour = "failing";
  await openPage();
  const failure = await page.evaluate(() => tests.boot());
  expect(failure).toEqual({ code: "BootFailed", message: "The WebContainer could not boot: no memory left" });
  host.behaviour = "working";
  expect(await page.evaluate(() => tests.boot())).toBeUndefined();
  expect((await page.evaluate(() => tests.output("console.log(1)"))).text).toBe("1\r\n");
});

test("what can't boot is known without booting: no host, no isolation", async ({
  page,
  openPage,
  host,
  site,
}) => {
  await openPage();
  await host.close();
  expect(await page.evaluate(() => tests.boot())).toMatchObject({ code: "HostUnreachable" });
  await page.goto(`${site}plain`);
  expect(await page.evaluate(() => tests.boot())).toMatchObject({ code: "NotIsolated" });
  expect(await page.evaluate(() => document.querySelectorAll("iframe").length)).toBe(0);
});
