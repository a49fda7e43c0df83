/**
 * Serves files: the request's way from a target to one response.
 *
 * target (`path.ts`) → what stands there (`locate.ts`) → which of its representations → preconditions
 * (`preconditions.ts`) → ranges (`ranges.ts`) → the bytes, handed on as the source gives them.
 */
import { formatHttpDate } from "../http1/date.ts";
import { reasonPhrase } from "../http1/reason.ts";
import type { BodyContent, HttpRequest, RequestCallback } from "../server/types.ts";
import { parseEntityTag, withCoding } from "./etag.ts";
import { listingPage } from "./listing.ts";
import {
  type Found,
  isHidden,
  locate,
  type Representation,
  type Site,
  selectRepresentation,
} from "./locate.ts";
import { multipartRanges } from "./multipart.ts";
import { DEFAULTS, type ServeFilesOptions } from "./options.ts";
import { isPlainName, parseTargetPath } from "./path.ts";
import { evaluatePreconditions, rangeApplies, type Validators } from "./preconditions.ts";
import { formatContentRange, formatUnsatisfiedRange, selectRanges } from "./ranges.ts";
import type { FileSource } from "./source.ts";

const ALLOW = { Allow: "GET, HEAD, OPTIONS" } as const;

type Fields = Record<string, string>;

/**
 * A callback that serves the files of a source: GET and HEAD with conditions (RFC 9110 section 13), byte
 * ranges (section 14), stored compressed variants, directory indexes and, if wanted, listings.
 *
 * Other methods are answered 405, or 204 for OPTIONS. What can't be the name of a file is not found; what
 * isn't even a target, or isn't UTF-8, is a 400. A source that fails makes the callback reject.
 *
 * @throws TypeError for a `prefix` that isn't a plain absolute path.
 *
 * @example
 * ```ts
 * import { AsyncHttpServer, createFetch } from "portico";
 * import { memoryFiles, serveFiles } from "portico/static";
 *
 * const server = new AsyncHttpServer();
 * const files = memoryFiles({ "site.css": "body { margin: 0 }" });
 * void server.serve(8080, serveFiles(files, { prefix: "/assets" }));
 * const response = await createFetch()("http://localhost:8080/assets/site.css");
 * response.headers.get("Content-Type"); // "text/css; charset=utf-8"
 * await server.close();
 * ```
 */
export function serveFiles(source: FileSource, options: ServeFilesOptions = {}): RequestCallback {
  if (typeof source?.open !== "function") {
    throw new TypeError("wanted a FileSource, such as directory(root) or memoryFiles({ ... })");
  }
  const settings = { ...DEFAULTS, ...options };
  const mount = parseTargetPath(settings.prefix);
  if (mount.kind !== "path") throw new TypeError('prefix must be an absolute path such as "/assets"');
  const site: Site = { source, mount: mount.segments, options: settings };
  return (request) => serve(site, request);
}

async function serve(site: Site, request: HttpRequest): Promise<void> {
  const target = parseTargetPath(request.target);
  if (target.kind === "server") return respondToMethod(request);
  if (target.kind === "refused" && target.status !== 404) return respondPlainly(request, target.status);
  const found = target.kind === "path" ? await locate(site, target) : undefined;
  if (found === undefined || found.kind === "nothing") return site.options.notFound(request);
  if (request.method !== "GET" && request.method !== "HEAD") {
    close(found);
    return respondToMethod(request);
  }
  switch (found.kind) {
    case "moved":
      return respondPlainly(request, 301, { Location: found.location });
    case "directory":
      return respondListing(site, request, found);
    case "file":
      return respondFile(site, request, found);
  }
}

function close(found: Found): void {
  if (found.kind === "file") found.file.close();
  if (found.kind === "directory") found.directory.close();
}

/** OPTIONS, and every method that files have no use for (sections 9.3.7 and 15.5.6). */
function respondToMethod(request: HttpRequest): Promise<void> {
  if (request.method === "OPTIONS") return request.respond(204, null, ALLOW);
  return respondPlainly(request, 405, ALLOW);
}

function respondPlainly(request: HttpRequest, code: number, fields: Readonly<Fields> = {}): Promise<void> {
  const type = { "Content-Type": "text/plain; charset=utf-8" };
  return request.respond(code, `${reasonPhrase(code)}\n`, { ...type, ...fields });
}

async function respondListing(
  site: Site,
  request: HttpRequest,
  { directory, path }: Found & { kind: "directory" },
): Promise<void> {
  let page: string;
  try {
    const items = (await directory.list()).filter(
      ({ name }) => isPlainName(name) && (site.options.dotfiles === "serve" || !isHidden([...path, name])),
    );
    const shown = [...site.mount, ...path].map((name) => `/${name}`).join("");
    page = listingPage(`${shown}/`, items, path.length === 0);
  } finally {
    directory.close();
  }
  await request.respond(200, page, {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
  });
}

async function respondFile(
  site: Site,
  request: HttpRequest,
  { file, path }: Found & { kind: "file" },
): Promise<void> {
  const accepted = request.headers.get("accept-encoding");
  const chosen = await selectRepresentation(site, file, path, accepted);
  if (chosen === undefined) return respondPlainly(request, 406, { Vary: "Accept-Encoding" });
  try {
    await respondRepresentation(site, request, chosen, path);
  } finally {
    chosen.file.close();
  }
}

async function respondRepresentation(
  site: Site,
  request: HttpRequest,
  chosen: Representation,
  path: readonly string[],
): Promise<void> {
  const { file, coding } = chosen;
  const etag = coding === undefined || file.etag === undefined ? file.etag : withCoding(file.etag, coding);
  const modified = lastModified(file.modified);
  const fields = commonFields(site, chosen, path, etag);

  const validators: Validators = { etag: etag === undefined ? undefined : parseEntityTag(etag), modified };
  const verdict = evaluatePreconditions(request.method, request.headers, validators);
  if (verdict === "failed") return respondPlainly(request, 412);
  if (modified !== undefined) {
    // A 304 carries it only where there is no better validator (section 15.4.5).
    if (verdict === "perform" || etag === undefined) fields["Last-Modified"] = formatHttpDate(modified);
  }
  if (verdict === "not-modified") return request.respond(304, null, fields);

  fields["Content-Type"] = chosen.type;
  fields["Accept-Ranges"] = "bytes";
  fields["X-Content-Type-Options"] = "nosniff";
  if (coding !== undefined) fields["Content-Encoding"] = coding;
  await respondContent(request, chosen, validators, fields);
}

/** What a 200, a 206 and a 304 have in common (sections 15.3.7 and 15.4.5). */
function commonFields(
  site: Site,
  { varies }: Representation,
  path: readonly string[],
  etag: string | undefined,
): Fields {
  const fields: Fields = {};
  // In one spelling, so that what is said here takes the place of theirs.
  for (const [name, value] of Object.entries(site.options.headers(path.join("/"))))
    fields[SPELLED.get(name.toLowerCase()) ?? name] = value;
  if (etag !== undefined) fields.ETag = etag;
  const { cacheControl } = site.options;
  const control = typeof cacheControl === "function" ? cacheControl(path.join("/")) : cacheControl;
  if (control !== null) fields["Cache-Control"] = control;
  if (varies) fields.Vary = fields.Vary === undefined ? "Accept-Encoding" : `${fields.Vary}, Accept-Encoding`;
  return fields;
}

const SPELLED = new Map(
  [
    "Accept-Ranges",
    "Cache-Control",
    "Content-Encoding",
    "Content-Length",
    "Content-Range",
    "Content-Type",
    "ETag",
    "Last-Modified",
    "Vary",
    "X-Content-Type-Options",
  ].map((name) => [name.toLowerCase(), name]),
);

/** In whole seconds, and never later than the response itself (section 8.8.2.1). */
function lastModified(time: number | undefined): number | undefined {
  if (time === undefined || !Number.isFinite(time)) return undefined;
  return Math.floor(Math.min(time, Date.now()) / 1000) * 1000;
}

async function respondContent(
  request: HttpRequest,
  { file, type }: Representation,
  validators: Validators,
  fields: Fields,
): Promise<void> {
  const { size } = file;
  if (request.method === "HEAD") {
    // Range has no meaning for HEAD (section 14.2).
    return request.respond(200, null, { ...fields, "Content-Length": String(size) });
  }
  const range = request.headers.get("range");
  const selection =
    range !== null && rangeApplies(request.headers, validators) ? selectRanges(range, size) : "whole";
  if (selection === "unsatisfiable") {
    return respondPlainly(request, 416, { "Content-Range": formatUnsatisfiedRange(size) });
  }
  if (selection === "whole") {
    const content = size === 0 ? new Uint8Array(0) : await file.read(0, size);
    return send(request, 200, content, size, fields);
  }
  const [first] = selection;
  if (selection.length === 1 && first !== undefined) {
    fields["Content-Range"] = formatContentRange(first, size);
    const content = await file.read(first.start, first.end);
    return send(request, 206, content, first.end - first.start, fields);
  }
  const multipart = multipartRanges(file, type, selection);
  fields["Content-Type"] = multipart.contentType;
  return send(request, 206, multipart.body, multipart.length, fields);
}

/** Bytes at hand have a length of their own; a stream's is announced, so that it isn't sent in chunks. */
function send(
  request: HttpRequest,
  code: number,
  content: BodyContent,
  length: number,
  fields: Fields,
): Promise<void> {
  if (!(content instanceof Uint8Array)) fields["Content-Length"] = String(length);
  return request.respond(code, content, fields);
}
