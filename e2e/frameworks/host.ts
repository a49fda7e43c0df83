/** Runs in the page of these tests: Express and Hono on the page's own network, and the bridge to it. */
import "portico/node-http/globals";
import express from "express";
import { Hono } from "hono";
import { serveStatic } from "hono/serve-static";
import { AsyncHttpServer, defaultNetwork, fetchHandler } from "portico";
import { mountFiles } from "portico/node-http/fs";
import { exposeNetwork } from "portico/service-worker";

const files = {
  "index.html": '<link rel="stylesheet" href="style.css"><h1>Static</h1><script src="script.js"></script>',
  "style.css": "h1 { color: rgb(1, 2, 3) }",
  "script.js":
    "fetch('/json', { method: 'POST', body: '{\"n\":1}', headers: { 'Content-Type': 'application/json' } })" +
    ".then((response) => response.text()).then((text) => { document.body.dataset.json = text })",
};

function expressApp() {
  const app = express();
  mountFiles(Object.fromEntries(Object.entries(files).map(([name, text]) => [`/app/public/${name}`, text])));
  app.use(express.json());
  app.use("/static", express.static("/app/public"));
  app.get("/", (_request, response) => void response.send("Hello World!"));
  app.post("/json", (request, response) => void response.json({ express: request.body }));
  return app;
}

function honoApp() {
  const app = new Hono();
  app.use(
    "/static/*",
    serveStatic({
      getContent: async (path) => (files as Record<string, string>)[path.replace(/^.*static\//, "")] ?? null,
    }),
  );
  app.get("/", (context) => context.text("Hello Hono!"));
  app.post("/json", async (context) => context.json({ hono: await context.req.json() }));
  return app;
}

/** @returns the URLs of both applications' roots */
async function start(): Promise<{ express: string; hono: string }> {
  await new Promise<void>((resolve) => expressApp().listen(3001, () => resolve()));
  const server = new AsyncHttpServer();
  await new Promise<void>((onListen) => {
    void server.serve(3002, fetchHandler(honoApp().fetch), { onListen: () => onListen() });
  });
  return urls(3001, 3002);
}

async function urls(first: number, second: number): Promise<{ express: string; hono: string }> {
  const bridge = await exposeNetwork(defaultNetwork, { scope: "/" });
  return { express: bridge.urlFor(first, "/"), hono: bridge.urlFor(second, "/") };
}

Object.assign(globalThis, { start });
