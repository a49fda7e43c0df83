import { AsyncHttpServer } from "portico";
import { fieldsRead, hello, keepAliveMs, listening, mebibyte, root, textPlain, used, work } from "./work.mjs";

const text = { "Content-Type": textPlain };
const works = {
  hello: (request) => request.respond(200, hello, text),
  headers(request) {
    const { headers } = request;
    used(headers.get(fieldsRead[0]), headers.get(fieldsRead[1]), headers.get(fieldsRead[2]));
    return request.respond(200, hello, text);
  },
  async json(request) {
    const value = await request.json();
    await request.respond(200, JSON.stringify(value), { "Content-Type": "application/json" });
  },
  large: (request) => request.respond(200, mebibyte, { "Content-Type": "application/octet-stream" }),
  async upload(request) {
    let bytes = 0;
    for await (const chunk of request) bytes += chunk.length;
    await request.respond(200, String(bytes), text);
  },
  async file() {
    const { serveFiles } = await import("portico/static");
    const { directory } = await import("portico/node");
    return serveFiles(directory(root));
  },
  async hono() {
    const { fetchHandler } = await import("portico");
    const { app } = await import("./hono-app.mjs");
    return fetchHandler(app.fetch);
  },
  async "hono light"() {
    await import("portico/light-fetch");
    return works.hono();
  },
};

// The last three are made, the others are callbacks.
const made = work === "file" || work.startsWith("hono");
const callback = made ? await works[work]() : works[work];
const limits = { maxHeaderBytes: 1024 * 1024, maxHeaderCount: 2000 };
const options = {
  ...(process.env.BENCH_WIDE === "1" ? { limits, maxBody: 2 ** 31 } : {}),
  ...(keepAliveMs === undefined ? {} : { timeouts: { keepAliveMs } }),
};
await new AsyncHttpServer(options).serve(0, callback, {
  address: "127.0.0.1",
  onListen: ({ port }) => listening(port),
});
