// A JSON API: notes that can be listed, added, read and removed.
import { AsyncHttpServer, type HttpRequest } from "portico";

const notes = new Map<number, { id: number; text: string }>([[1, { id: 1, text: "Water the plants" }]]);
let lastId = 1;

export const server = new AsyncHttpServer({ maxBody: 64 * 1024 });
server.serve(0, callback, {
  onListen: ({ port }) => console.log(`try: curl localhost:${port}/notes -d '{"text":"Buy milk"}'`),
});

async function callback(request: HttpRequest) {
  const [collection, id] = request.url.pathname.slice(1).split("/");
  if (collection !== "notes") await json(request, 404, { error: "there is only /notes" });
  else if (id === undefined) await onCollection(request);
  else await onNote(request, Number(id));
}

async function onCollection(request: HttpRequest) {
  if (request.method === "GET") return json(request, 200, [...notes.values()]);
  if (request.method !== "POST") return json(request, 405, { error: "GET or POST" }, { Allow: "GET, POST" });
  const text = await textOf(request);
  if (text === undefined) return json(request, 400, { error: 'wanted {"text": "..."}' });
  lastId += 1;
  notes.set(lastId, { id: lastId, text });
  return json(request, 201, notes.get(lastId), { Location: `/notes/${lastId}` });
}

async function onNote(request: HttpRequest, id: number) {
  const note = notes.get(id);
  if (!note) return json(request, 404, { error: "no such note" });
  if (request.method === "GET") return json(request, 200, note);
  if (request.method !== "DELETE")
    return json(request, 405, { error: "GET or DELETE" }, { Allow: "GET, DELETE" });
  notes.delete(id);
  return request.respond(204);
}

/** The note that a client sent, or nothing if it is not one. */
async function textOf(request: HttpRequest): Promise<string | undefined> {
  const note: unknown = await request.json().catch(() => undefined);
  if (typeof note !== "object" || note === null || !("text" in note)) return undefined;
  return typeof note.text === "string" ? note.text : undefined;
}

function json(request: HttpRequest, code: number, value: unknown, headers: Record<string, string> = {}) {
  return request.respond(code, JSON.stringify(value), { "Content-Type": "application/json", ...headers });
}
