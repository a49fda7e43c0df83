// Graceful shutdown: requests that run when the server closes are answered, then it is gone.
import { AsyncHttpServer, type HttpRequest } from "portico";

export const server = new AsyncHttpServer();
server
  .serve(0, callback, { onListen: ({ port }) => console.log(`try: curl localhost:${port}/slow`) })
  .then(() => console.log("closed: every request was answered"));

async function callback(request: HttpRequest) {
  const { pathname, searchParams } = request.url;
  if (pathname === "/slow") {
    await new Promise((resolve) => setTimeout(resolve, Number(searchParams.get("ms") ?? 3000)));
    await request.respond(200, "Worth the wait\n");
  } else if (pathname === "/shutdown" && request.method === "POST") {
    await request.respond(202, "Closing once the running requests are answered\n");
    server.close({ graceMs: 10_000 });
  } else {
    await request.respond(200, "GET /slow, and POST /shutdown while it runs\n");
  }
}
