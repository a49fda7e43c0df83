// Server-sent events: a clock that ticks in every open page, until the page goes away.
import { AsyncHttpServer, type HttpRequest } from "portico";

const page = `<!doctype html><meta charset="utf-8"><title>Clock</title><h1>…</h1><script>
  new EventSource("events").onmessage = ({ data }) => (document.querySelector("h1").textContent = data);
</script>`;

export const server = new AsyncHttpServer();
server.serve(0, callback, { onListen: ({ port }) => console.log(`try: curl -N localhost:${port}/events`) });

async function callback(request: HttpRequest) {
  const { pathname, searchParams } = request.url;
  if (pathname === "/events") await tick(request, Number(searchParams.get("ms") ?? 1000));
  else await request.respond(200, page, { "Content-Type": "text/html; charset=utf-8" });
}

async function tick(request: HttpRequest, everyMs: number) {
  const stream = await request.sendHeaders({
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-cache",
  });
  for (let id = 1; !request.signal.aborted; id += 1) {
    await stream.write(`id: ${id}\ndata: ${new Date().toISOString()}\n\n`);
    await pause(everyMs, request.signal);
  }
}

/** Waits, but not for a client that has gone. */
function pause(ms: number, signal: AbortSignal) {
  return new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
