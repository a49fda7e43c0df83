/**
 * What `npm start` serves: the built web page, the docs under /docs/, and each example as a program of its own on its
 * own port, relayed to under /examples/NAME/ so that the page can call it.
 */
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { AsyncHttpServer, HttpHeaders } from "portico";
import { directory } from "portico/node";
import { serveFiles } from "portico/static";
import { root } from "./entries.mjs";

/** @typedef {{ name: string, title: string, port: number, requests: unknown[] }} Example */
/** @typedef {{ example: Example, server: import("portico").AsyncHttpServer }} Running */

const host = "127.0.0.1";
const preferredPort = 8080;

/** Fields about one connection (RFC 9110 section 7.6.1), or that `fetch` sets for itself. */
const hopByHop = [
  "connection",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "expect",
  "host",
];

/**
 * @param {number | undefined} port Default: 8080, or the next free one.
 * @param {{ docs: Promise<boolean> }} building Whether there are docs, once they are built.
 */
export async function startSite(port, building) {
  const running = await startExamples();
  let engines = "{}";
  const files = serveFiles(directory(`${root}dist-web`), {
    cacheControl,
    headers: await headersOf("dist-web"),
  });
  const docs = docsCallback(building.docs);
  const site = await listen(port, (request) => {
    if (request.url.pathname === "/engines.json") return request.respond(200, engines, json);
    const [, folder, name, ...rest] = request.url.pathname.split("/");
    if (folder === "docs") return docs(request);
    if (folder !== "examples") return files(request);
    if (!name) return request.respond(200, JSON.stringify(running.map(({ example }) => example)), json);
    const called = running.find(({ example }) => example.name === name);
    if (!called) return request.respond(404, `There is no example ${JSON.stringify(name)}\n`);
    return relay(request, called.example.port, `/${rest.join("/")}${request.url.search}`);
  });
  const previews = await servePreviews(site.getPort() + 1);
  engines = JSON.stringify({ previewOrigin: `:${previews.getPort()}` });
  return {
    url: `http://${host}:${site.getPort()}/`,
    /** The origin of the playground's previews: the same host, another port. */
    previews: `http://${host}:${previews.getPort()}/`,
    async close() {
      await Promise.all([site.close({ graceMs: 500 }), previews.close({ graceMs: 500 })]);
      await Promise.all(running.map(({ server }) => server.close({ graceMs: 500 })));
    },
  };
}

/** Built files have their content in their names. @param {string} path */
function cacheControl(path) {
  return path.startsWith("assets/") ? "public, max-age=31536000, immutable" : "no-cache";
}

/**
 * The docs, and until they are built a page that says so and comes again by itself.
 *
 * @param {Promise<boolean>} built
 * @returns {import("portico").RequestCallback}
 */
function docsCallback(built) {
  /** @type {import("portico").RequestCallback | undefined} */
  let files;
  let failed = false;
  void built.then((done) => {
    failed = !done;
    if (done) files = serveFiles(directory(`${root}dist-docs`), { cacheControl, prefix: "/docs" });
  });
  return async (request) => {
    if (files) return files(request);
    const text = failed ? "The docs could not be built." : "The docs are being built, wait a moment.";
    const refresh = failed ? "" : '<meta http-equiv="refresh" content="2">';
    const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Portico</title>${refresh}<p>${text}</p></html>`;
    const fields = {
      "Content-Type": "text/html; charset=utf-8",
      "Retry-After": "5",
      "Cache-Control": "no-store",
    };
    await request.respond(503, page, fields);
  };
}

/**
 * The second origin of the playground, on the next port that is free.
 *
 * @param {number} first
 */
async function servePreviews(first) {
  const headers = (await headersOf("dist-web/preview-origin"))("*");
  const files = serveFiles(directory(`${root}dist-web/preview-origin`), { cacheControl: "no-cache" });
  /** @type {import("portico").RequestCallback} */
  const callback = (request) => files(withFields(request, headers));
  for (let port = first; port < first + 100; port += 1) {
    const server = await listen(port > 65_535 ? 0 : port, callback).catch(() => undefined);
    if (server) return server;
  }
  throw new Error(`no port from ${first} on is free for the previews`);
}

/**
 * A request whose every answer has these fields, whatever its status.
 *
 * @param {import("portico").HttpRequest} request
 * @param {Record<string, string>} fields
 * @returns {import("portico").HttpRequest}
 */
function withFields(request, fields) {
  /** @type {import("portico").HttpRequest["respond"]} */
  const respond = (code, content, given) =>
    request.respond(code, content, [...new HttpHeaders(given), ...Object.entries(fields)]);
  return new Proxy(request, {
    get(target, name) {
      if (name === "respond") return respond;
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/**
 * The fields that the build wants with a file: lines of the folder's `_headers`, as static hosts read it.
 *
 * @param {string} folder
 */
async function headersOf(folder) {
  /** @type {Record<string, Record<string, string>>} */
  const byPath = {};
  let path = "";
  for (const line of (await readFile(`${root}${folder}/_headers`, "utf8")).split("\n")) {
    const [, name, value] = /^ +([^:]+): (.*)$/.exec(line) ?? [];
    if (name && value) byPath[path] = { ...byPath[path], [name]: value };
    else if (line) path = line.slice(1);
  }
  return (/** @type {string} */ asked) =>
    byPath[asked] ?? byPath[asked.replace(/[^/]*$/, "*")] ?? byPath["*"] ?? {};
}

const json = { "Content-Type": "application/json" };

/**
 * @param {import("portico").HttpRequest} request
 * @param {number} port
 * @param {string} path
 */
async function relay(request, port, path) {
  const { method, body, signal } = request;
  const headers = without(request.headers, [...hopByHop, "accept-encoding"]);
  const init = { method, headers, body, signal, redirect: /** @type {const} */ ("manual"), duplex: "half" };
  const answer = await fetch(`http://${host}:${port}${path}`, init).catch(() => undefined);
  if (answer === undefined) {
    await request.respond(502, "The example does not answer: has it been shut down?\n");
    return;
  }
  // `fetch` has decoded the body, so its coding and its length are no longer true.
  const coded = answer.headers.has("content-encoding") ? ["content-encoding", "content-length"] : [];
  await request.respond(answer.status, answer.body, without(answer.headers, [...hopByHop, ...coded]));
}

/**
 * A client that went away in the middle is nothing to tell of.
 *
 * @param {unknown} error
 * @param {import("portico").HttpRequest} [request]
 */
function onError(error, request) {
  if (!request?.signal.aborted) console.error(error);
}

/**
 * @param {Iterable<[string, string]>} fields
 * @param {readonly string[]} names In lower case.
 * @returns {[string, string][]}
 */
function without(fields, names) {
  return [...fields].filter(([name]) => !names.includes(name.toLowerCase()));
}

/**
 * @param {number | undefined} port
 * @param {import("portico").RequestCallback} callback
 */
async function listen(port, callback) {
  for (let next = port ?? preferredPort; ; next += 1) {
    try {
      return await started(next, callback);
    } catch (error) {
      const taken = /** @type {{ code?: string }} */ (error).code === "EADDRINUSE";
      if (!taken) throw error;
      if (port !== undefined) throw new Error(`port ${port} of ${host} is taken`);
    }
  }
}

/**
 * @param {number} port
 * @param {import("portico").RequestCallback} callback
 * @returns {Promise<AsyncHttpServer>}
 */
function started(port, callback) {
  const server = new AsyncHttpServer({ onError });
  return new Promise((resolve, reject) => {
    server.serve(port, callback, { address: host, onListen: () => resolve(server) }).catch(reject);
  });
}

/**
 * Builds the examples, imports them, which starts them, and waits until each listens.
 *
 * @returns {Promise<Running[]>}
 */
async function startExamples() {
  const catalogue = JSON.parse(await readFile(`${root}examples/catalogue.json`, "utf8"));
  const outdir = `${root}.build/examples`;
  await build({
    entryPoints: catalogue.map((/** @type {Example} */ { name }) => `${root}examples/${name}.ts`),
    outdir,
    format: "esm",
    target: "es2022",
    logLevel: "warning",
  });
  return Promise.all(
    catalogue.map(async (/** @type {Example} */ entry) => {
      const { server } = await import(pathToFileURL(`${outdir}/${entry.name}.js`).href);
      while (!server.listening) await new Promise((resolve) => setTimeout(resolve, 5));
      return { example: { ...entry, port: server.getPort() }, server };
    }),
  );
}
