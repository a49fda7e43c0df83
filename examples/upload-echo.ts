// Echo of an upload: the request's body is the response's body, streamed, however long it is.
import { AsyncHttpServer, type HttpRequest } from "portico";

export const server = new AsyncHttpServer({ maxBody: 10 * 1024 ** 3 });
server.serve(0, callback, {
  onListen: ({ port }) => console.log(`try: curl -T some-file localhost:${port}/`),
});

async function callback(request: HttpRequest) {
  if (request.body === null) {
    await request.respond(200, "Send something: PUT or POST a body and it comes back.\n");
    return;
  }
  // Slow readers slow the sender down: nothing is collected here in between.
  const type = request.headers.get("Content-Type") ?? "application/octet-stream";
  await request.respond(200, request.body, { "Content-Type": type });
}
