/** The five ways in which work grows, and who is looked at while it does. */
import { driveUploads } from "./uploads.mjs";

const portico = { name: "portico", server: "portico", env: { BENCH_WIDE: "1" } };
const bareNet = { name: "bare node:net", server: "bare-net" };
const nodeHttp = { name: "node:http", server: "node-http" };
const all = [portico, bareNet, nodeHttp];

/**
 * @typedef {object} Growth
 * @property {string} name
 * @property {string} title
 * @property {string} x what grows
 * @property {number[]} steps
 * @property {(step: number) => object} row the row to measure at that step
 *
 * @type {Growth[]}
 */
export const growths = [
  {
    name: "fields",
    title: "Header fields of a request",
    x: "field lines",
    steps: [1, 3, 10, 30, 100, 300, 1000],
    row: (step) => ({
      work: "hello",
      contestants: all,
      warmRequests: 2000,
      load: { script: "fields", env: { BENCH_FIELDS: String(step) } },
    }),
  },
  {
    name: "body",
    title: "Bytes of a request body, streamed",
    x: "bytes",
    steps: [1, 100, 1e4, 1e6, 1e7, 1e8, 1e9],
    row: (step) => ({
      work: "upload",
      contestants: all,
      env: { BENCH_BYTES: String(step) },
      drive: driveUploads(step),
      warmRequests: 1,
    }),
  },
  {
    name: "connections",
    title: "Connections that ask at once",
    x: "connections",
    steps: [1, 10, 100, 1000, 10_000],
    // To open thousands of them takes wrk more than a second.
    row: (step) => ({
      work: "hello",
      contestants: all,
      load: { connections: step, ...(step >= 1000 ? { seconds: 5 } : {}) },
    }),
  },
  {
    name: "pipeline",
    title: "Requests that leave in one write",
    x: "pipelined requests",
    steps: [1, 3, 10, 30, 100, 300, 1000],
    row: (step) => ({
      work: "hello",
      contestants: all,
      load: { script: "pipelined", connections: 16, env: { BENCH_DEPTH: String(step) } },
    }),
  },
];
