// Progress of long work: each step is sent as a chunk when it is done, the sum as a trailer field.
import { AsyncHttpServer, type HttpRequest } from "portico";

export const server = new AsyncHttpServer();
server.serve(0, callback, { onListen: ({ port }) => console.log(`try: curl -N localhost:${port}/?steps=5`) });

async function callback(request: HttpRequest) {
  const { searchParams } = request.url;
  const steps = Math.min(Number(searchParams.get("steps") ?? 10), 1000);
  const stepMs = Number(searchParams.get("ms") ?? 300);
  const body = await request.sendHeaders({
    "Content-Type": "text/plain; charset=utf-8",
    Trailer: "Work-Done",
  });
  let done = 0;
  for (let step = 1; step <= steps && !request.signal.aborted; step += 1) {
    done += await work(stepMs);
    await body.write(`${String(Math.round((100 * step) / steps)).padStart(3)} %  step ${step} of ${steps}\n`);
  }
  await body.close({ "Work-Done": String(done) });
}

/** Stands for work that takes a while; gives how much of it was done. */
async function work(ms: number): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return 1;
}
