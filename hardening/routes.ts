/**
 * What the servers that are tried answer.
 *
 * | target | answer |
 * |---|---|
 * | `/` | Hello World |
 * | `/large?bytes=N` | N bytes at once, up to 16 MiB |
 * | `/stream?chunks=N` | N chunks of 16 KiB, the next when the one before was taken |
 * | `/careless?chunks=N` | the same, written without waiting |
 * | `/slow?ms=N` | Hello World, N ms later |
 * | `/file` | what a file says that is opened now |
 * | `/upload` (POST) | the number of bytes |
 * | `/socket` (WebSocket) | every message, back |
 */
import { readFile } from "node:fs/promises";
import { acceptWebSocket, type HttpRequest } from "portico";

const piece = new Uint8Array(16_384).fill(120);
const large = new Uint8Array(16_777_216);

const routes: Record<string, (request: HttpRequest, query: URLSearchParams) => Promise<void>> = {
  "/": (request) => request.respond(200, "Hello World"),
  "/large": (request, query) => request.respond(200, large.subarray(0, Number(query.get("bytes")))),
  "/stream": async (request, query) => {
    const body = await request.sendHeaders({ "Content-Type": "application/octet-stream" });
    for (let left = Number(query.get("chunks")); left > 0; left--) await body.write(piece);
    await body.close();
  },
  "/careless": async (request, query) => {
    const body = await request.sendHeaders({ "Content-Type": "application/octet-stream" });
    for (let left = Number(query.get("chunks")); left > 0; left--) void body.write(piece).catch(() => {});
    await body.close();
  },
  "/slow": async (request, query) => {
    await new Promise((resolve) => setTimeout(resolve, Number(query.get("ms"))));
    await request.respond(200, "Hello World");
  },
  "/file": async (request) => request.respond(200, await readFile(import.meta.filename)),
  "/upload": async (request) => request.respond(200, `${(await request.bytes()).length}`),
  "/socket": async (request) => {
    const socket = await acceptWebSocket(request);
    for await (const message of socket) socket.send(message);
  },
};

export async function answer(request: HttpRequest): Promise<void> {
  const { pathname, searchParams } = new URL(request.target, "http://server");
  const route = routes[pathname];
  if (route === undefined) await request.respond(404, "Not Found");
  else await route(request, searchParams);
}
