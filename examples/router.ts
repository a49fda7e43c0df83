// A router in twenty lines: method and path pick the handler, 404 and 405 say what was wrong.
import { AsyncHttpServer, type HttpRequest } from "portico";

type Parameters = Readonly<Record<string, string>>;
type Handler = (request: HttpRequest, parameters: Parameters) => Promise<void>;

const routes = [
  route("GET", "/", (request) => request.respond(200, "Home. Try /users/ada or /add/2/3\n")),
  route("GET", "/users/:name", (request, { name }) => request.respond(200, `Hello ${name}\n`)),
  route("GET", "/add/:a/:b", (request, { a, b }) => request.respond(200, `${Number(a) + Number(b)}\n`)),
  route("DELETE", "/users/:name", (request) => request.respond(204)),
];

export const server = new AsyncHttpServer();
server.serve(0, callback, { onListen: ({ port }) => console.log(`try: curl localhost:${port}/users/ada`) });

function route(method: string, path: string, handler: Handler) {
  return { method, pattern: new RegExp(`^${path.replace(/:(\w+)/g, "(?<$1>[^/]+)")}$`), handler };
}

async function callback(request: HttpRequest) {
  const { pathname } = request.url;
  const matching = routes.filter(({ pattern }) => pattern.test(pathname));
  const found = matching.find(({ method }) => method === request.method);
  if (found) {
    const groups = Object.entries(found.pattern.exec(pathname)?.groups ?? {});
    await found.handler(request, Object.fromEntries(groups.map(([name, value]) => [name, decode(value)])));
  } else if (matching.length > 0) {
    await request.respond(405, "Method not allowed\n", {
      Allow: matching.map(({ method }) => method).join(", "),
    });
  } else {
    await request.respond(404, "Not found\n");
  }
}

/** A path segment as text; one that is not valid percent-encoding stays as it is. */
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
