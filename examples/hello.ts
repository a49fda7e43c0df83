// Hello World: accepts connections one by one, for as long as there are descriptors for them.
import { AsyncHttpServer, type HttpRequest } from "portico";

export const server = new AsyncHttpServer();
await server.listen(0);
console.log(`try: curl localhost:${server.getPort()}/`);
acceptConnections();

async function acceptConnections() {
  while (server.listening) {
    if (server.shouldAcceptRequest()) await server.acceptRequest(callback);
    else await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function callback(request: HttpRequest) {
  await request.respond(200, "Hello World", { "Content-Type": "text/plain; charset=utf-8" });
}
