/** What the end-to-end test bundles: the three frameworks in one page, asked through the page's own network. */
import "portico/node-http/globals";
import { createFetch } from "portico";
import { createServer } from "portico/node-http";
import { mountFiles } from "portico/node-http/fs";
import { connectApp } from "./connect.ts";
import { expressApp } from "./express.ts";
import { koaApp } from "./koa.ts";
import { cases, type Scene } from "./suite.ts";

mountFiles({ "/app/public/hello.txt": "Hello from a file\n" });
expressApp("/app/public").listen(3001);
koaApp().listen(3002);
createServer(connectApp()).listen(3003);

const fetch = createFetch();

const apps = [
  { app: "express", port: 3001, hello: "Hello World!" },
  { app: "koa", port: 3002, hello: "Hello World" },
  { app: "connect", port: 3003, hello: "Hello from Connect!\n" },
] as const;

/** Runs every case on every framework; gives what failed, by name. */
async function run(): Promise<{ passed: number; failed: string[] }> {
  const failed: string[] = [];
  let passed = 0;
  for (const { app, port, hello } of apps) {
    const scene: Scene = {
      app,
      hello,
      fetch: (path, init) => fetch(`http://localhost:${port}${path}`, init),
      setCookies: () => undefined,
    };
    for (const [name, check] of Object.entries(cases)) {
      try {
        await check(scene);
        passed++;
      } catch (error) {
        failed.push(`${app} ${name}: ${String(error)}`);
      }
    }
  }
  return { passed, failed };
}

Object.assign(globalThis, { run });
