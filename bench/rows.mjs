/**
 * Every claim about speed, as a row: the work, who does it, and where Portico has to stand. A row's
 * `targets` are ratios of CPU time per request in one run, unless it says another unit.
 */
import { fileURLToPath } from "node:url";
import { alternate } from "./harness/alternate.mjs";
import { firstAnswer } from "./rows/first-answer.mjs";
import { idleConnections } from "./rows/idle.mjs";
import { echoesJson, saysHello, sends, takesUpload } from "./rows/verify.mjs";

const portico = { name: "portico", server: "portico" };
const bareNet = { name: "bare node:net", server: "bare-net" };
const nodeHttp = { name: "node:http", server: "node-http" };
const fastify = { name: "Fastify", server: "fastify" };
const hono = { name: "Hono on node-server", server: "hono" };
const srvx = { name: "srvx", server: "srvx" };
const bunServe = { name: "Bun.serve", server: "bun-serve", runtime: "bun" };
const denoServe = { name: "Deno.serve", server: "deno-serve", runtime: "deno" };
const seed = { name: "the seed", server: "seed", runtime: "seed" };

/** The two on Node 20 have these beside them, so that a change of Node's shows. */
const onNewerNodes = ["22", "24", "26"].flatMap((version) =>
  [portico, nodeHttp].map((contestant) => ({
    ...contestant,
    name: `${contestant.name} on Node ${version}`,
    runtime: `node${version}`,
  })),
);

const assets = fileURLToPath(new URL("./results/assets", import.meta.url));
const mebibyte = 1024 * 1024;

/** @type {import("./harness/row.mjs").Row[]} */
export const rows = [
  {
    name: "hello",
    title: "Hello World, 64 connections",
    work: "hello",
    quick: ["portico", "bare node:net", "node:http", "the seed"],
    contestants: [
      portico,
      bareNet,
      nodeHttp,
      ...onNewerNodes,
      fastify,
      hono,
      srvx,
      bunServe,
      denoServe,
      seed,
    ],
    targets: [
      { beside: "bare node:net", atMost: 1.05 },
      { beside: "node:http", atMost: 0.65 },
      { beside: "the seed", atMost: 0.7 },
    ],
    verify: saysHello,
  },
  {
    name: "headers",
    title: "A browser's 14 header fields, three of them read",
    work: "headers",
    quick: ["portico", "node:http"],
    load: { script: "browser" },
    contestants: [
      portico,
      bareNet,
      nodeHttp,
      fastify,
      { ...hono, path: "/headers" },
      srvx,
      bunServe,
      denoServe,
    ],
    targets: [{ beside: "node:http", atMost: 0.7 }],
    verify: saysHello,
  },
  {
    name: "pipelined",
    title: "Pipelined 16 deep",
    work: "hello",
    quick: ["portico", "bare node:net", "node:http", "Bun.serve"],
    load: { script: "pipelined", env: { BENCH_DEPTH: "16" } },
    contestants: [portico, bareNet, nodeHttp, bunServe, denoServe],
    targets: [
      { beside: "bare node:net", atMost: 1.5 },
      { beside: "node:http", atMost: 0.1 },
      { beside: "Bun.serve", atMost: 0.2 },
    ],
    verify: saysHello,
  },
  {
    name: "json",
    title: "POST 1 KB of JSON, parsed and echoed",
    work: "json",
    load: { script: "json" },
    contestants: [portico, bareNet, nodeHttp, fastify, hono, srvx, bunServe, denoServe],
    targets: [{ beside: "node:http", atMost: 0.7 }],
    verify: echoesJson,
  },
  {
    name: "large",
    title: "1 MiB response",
    work: "large",
    warmRequests: 1000,
    contestants: [portico, bareNet, nodeHttp, bunServe],
    targets: [{ beside: "bare node:net", atMost: 1.05 }],
    verify: sends(mebibyte),
  },
  {
    name: "upload",
    title: "1 MiB request body, streamed",
    work: "upload",
    warmRequests: 1000,
    load: { script: "upload" },
    contestants: [portico, bareNet, nodeHttp],
    targets: [{ beside: "bare node:net", atMost: 1.05 }],
    verify: takesUpload(mebibyte),
  },
  {
    name: "file",
    title: "64 KiB file from disk",
    work: "file",
    env: { BENCH_ROOT: assets },
    contestants: [
      { ...portico, path: "/64k.txt" },
      { ...fastify, name: "Fastify static", path: "/64k.txt" },
    ],
    targets: [{ beside: "Fastify static", atMost: 0.8 }],
    verify: sends(65536),
  },
  {
    name: "hono",
    // node-server replaces the global classes by default; with `portico/light-fetch` so does Portico.
    title: "Hono through fetchHandler, with portico/light-fetch",
    work: "hono",
    contestants: [
      { ...portico, work: "hono light" },
      { ...portico, name: "portico, the platform's own classes" },
      hono,
    ],
    targets: [{ beside: "Hono on node-server", atMost: 0.75 }],
    verify: saysHello,
  },
  {
    name: "idle",
    title: "10,000 idle connections, resident memory",
    work: "hello",
    unit: "MiB",
    nodeOptions: ["--expose-gc"],
    env: { BENCH_KEEP_ALIVE_MS: "600000" },
    measure: idleConnections,
    contestants: [portico, bareNet, nodeHttp],
    targets: [{ beside: "bare node:net", atMost: 1.1 }],
  },
  {
    name: "start",
    title: "Import and first answer",
    work: "hello",
    unit: "ms",
    measure: firstAnswer,
    contestants: [portico, bareNet, nodeHttp, fastify, hono, srvx],
    targets: [{ beside: "node:http", atMostMore: 10 }],
  },
  {
    name: "bun",
    title: "Hello World on Bun",
    work: "hello",
    contestants: [
      { ...portico, runtime: "bun" },
      bunServe,
      { name: "bare Bun.listen", server: "bare-bun", runtime: "bun" },
    ],
    targets: [{ beside: "Bun.serve", atMost: 1 }],
    verify: saysHello,
  },
  {
    name: "deno",
    title: "Hello World on Deno",
    work: "hello",
    contestants: [
      { ...portico, runtime: "deno" },
      denoServe,
      { name: "bare Deno.listen", server: "bare-deno", runtime: "deno" },
    ],
    targets: [{ beside: "Deno.serve", atMost: 1.3 }],
    verify: saysHello,
  },
];

/** Measures a row and judges its targets. */
export async function measureRow(row, options) {
  const wanted =
    options.quick && row.quick ? row.contestants.filter((c) => row.quick.includes(c.name)) : null;
  const chosen = wanted === null ? row : { ...row, contestants: wanted };
  return (row.measure ?? alternate)(chosen, options);
}
