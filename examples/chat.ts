// A chat over WebSocket: what one says all others read, in every open page.
import { AsyncHttpServer, acceptWebSocket, type HttpRequest, type WebSocketConnection } from "portico";

const page = `<!doctype html><meta charset="utf-8"><title>Chat</title>
<ul></ul><form><input autofocus placeholder="Say something"></form><script>
  const socket = new WebSocket(location.href.replace(/^http/, "ws") + "chat");
  const input = document.querySelector("input");
  socket.onmessage = ({ data }) =>
    document.querySelector("ul").append(Object.assign(document.createElement("li"), { textContent: data }));
  document.querySelector("form").onsubmit = (event) => {
    event.preventDefault();
    socket.send(input.value);
    input.value = "";
  };
</script>`;

const guests = new Map<WebSocketConnection, string>();
let count = 0;

export const server = new AsyncHttpServer();
server.serve(0, callback, { onListen: ({ port }) => console.log(`try: curl localhost:${port}/`) });

async function callback(request: HttpRequest) {
  if (request.url.pathname === "/chat") await chat(request);
  else await request.respond(200, page, { "Content-Type": "text/html; charset=utf-8" });
}

async function chat(request: HttpRequest) {
  const socket = await acceptWebSocket(request, { maxMessageBytes: 4096, pingIntervalMs: 30_000 });
  count += 1;
  const name = `guest ${count}`;
  guests.set(socket, name);
  say(`${name} came in`);
  for await (const message of socket) if (typeof message === "string") say(`${name}: ${message}`);
  guests.delete(socket);
  say(`${name} left`);
}

function say(line: string) {
  for (const socket of guests.keys()) socket.send(line);
}
