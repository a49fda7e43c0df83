import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, it } from "vitest";
import { createServer, type Server } from "./index.node.ts";
import type { AnyListener } from "./server-options.ts";
import { connectApp } from "./test/connect.ts";
import { expressApp } from "./test/express.ts";
import { koaApp } from "./test/koa.ts";
import { cases, type Scene } from "./test/suite.ts";

const publicFolder = fileURLToPath(new URL("test/public", import.meta.url));

// The packages import Node's own `node:http` here; only the server is ours.
const apps: readonly { name: Scene["app"]; hello: string; listener: AnyListener }[] = [
  { name: "express", hello: "Hello World!", listener: expressApp(publicFolder) },
  { name: "koa", hello: "Hello World", listener: koaApp().callback() },
  { name: "connect", hello: "Hello from Connect!\n", listener: connectApp() },
];

describe.each(apps)("$name over TCP, without an alias", ({ name, hello, listener }) => {
  let server: Server;
  let origin: string;

  beforeAll(async () => {
    server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });

  it.each(Object.entries(cases))("%s", async (_, run) => {
    await run({
      app: name,
      hello,
      fetch: (path, init) => fetch(origin + path, init),
      setCookies: (response) => response.headers.getSetCookie(),
    });
  });
});
