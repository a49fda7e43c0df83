/** What runs in the page: each contestant answers "Hello World" without leaving it. */
import { Hono } from "hono";
import { HttpResponse, http } from "msw";
import { setupWorker } from "msw/browser";
import { AsyncHttpServer, createFetch } from "portico";
import { VirtualNetwork } from "portico/virtual";

const TEXT = { "Content-Type": "text/plain; charset=utf-8" };

/** The median of the times that a function took, in microseconds, one call after the other. */
async function timed(count, call) {
  const times = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const before = performance.now();
    await call();
    times[i] = performance.now() - before;
  }
  // The clock's steps (5 µs in an isolated page) are coarse for one call, so the mean stands beside the median.
  const mean = times.reduce((sum, time) => sum + time, 0) / count;
  times.sort();
  const at = (part) => times[Math.floor(count * part)] * 1000;
  return { median: at(0.5), p99: at(0.99), mean: mean * 1000 };
}

async function portico() {
  const network = new VirtualNetwork();
  const server = new AsyncHttpServer({ network });
  void server.serve(8080, (request) => request.respond(200, "Hello World", TEXT));
  await undefined;
  const fetch = createFetch(network);
  return async () => (await fetch("http://localhost:8080/")).text();
}

function hono() {
  const app = new Hono();
  app.get("/", (context) => context.text("Hello World"));
  return async () => (await app.request("/")).text();
}

async function msw() {
  const worker = setupWorker(http.get("/mocked", () => HttpResponse.text("Hello World")));
  await worker.start({ quiet: true });
  return async () => (await fetch("/mocked")).text();
}

/** The least that a `fetch` within a page can cost: the platform's own object, made and read. */
function bareResponse() {
  const bytes = new TextEncoder().encode("Hello World");
  return async () => new Response(bytes, { headers: TEXT }).text();
}

const contestants = { portico, "hono app.request()": hono, "new Response().text()": bareResponse, msw };

/** @returns the name, and the figures of the last of several runs. */
globalThis.measureFetch = async (name, count, rounds) => {
  const call = await contestants[name]();
  if ((await call()) !== "Hello World" && !name.startsWith("new"))
    throw new Error(`${name} gave something else`);
  const runs = [];
  for (let i = 0; i < rounds; i++) runs.push(await timed(count, call));
  return runs;
};

const CHUNK = 65_536;
const chunks = (total) => {
  let left = total;
  return new ReadableStream(
    {
      pull(controller) {
        if (left <= 0) return controller.close();
        left -= CHUNK;
        controller.enqueue(new Uint8Array(CHUNK));
      },
    },
    { highWaterMark: 0 },
  );
};

async function drain(stream) {
  let bytes = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return bytes;
    bytes += value.byteLength;
  }
}

const heap = () => performance.memory?.usedJSHeapSize ?? 0;

/** Streams bytes through a handler and through an identity `TransformStream`: megabytes a second, and memory. */
globalThis.measureStream = async (megabytes) => {
  const total = megabytes * 1e6;
  const network = new VirtualNetwork();
  const server = new AsyncHttpServer({ network });
  void server.serve(8080, (request) => request.respond(200, chunks(total)));
  await undefined;
  const fetch = createFetch(network);
  const rate = async (open) => {
    const before = performance.now();
    const bytes = await drain(await open());
    if (bytes < total) throw new Error("bytes were lost");
    return bytes / 1000 / (performance.now() - before);
  };
  const handler = async () => (await fetch("http://localhost:8080/")).body;
  const identity = () => chunks(total).pipeThrough(new TransformStream());
  await rate(handler);
  await rate(identity);
  const heapBefore = heap();
  const runs = [];
  for (let i = 0; i < 3; i++) runs.push({ portico: await rate(handler), identity: await rate(identity) });
  return { runs, heapGrowth: heap() - heapBefore };
};
