import { addressOf, ask } from "./ask.ts";
import type { FetchAnswer, FetchOrder } from "./protocol.ts";

/** Chunks that wait for the page to read them. */
const READ_AHEAD = 16;

/** `fetch` by way of the playground. */
export async function bridgedFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const request = input instanceof Request ? new Request(input, init) : new Request(addressOf(input), init);
  const { method, signal } = request;
  // Firefox does not say whether there is a body: what can have one is read there.
  const bodiless = request.body === null || method === "GET" || method === "HEAD";
  const body = bodiless ? undefined : await request.arrayBuffer();
  signal.throwIfAborted();
  const port = ask({
    type: "fetch",
    url: addressOf(request.url),
    method,
    headers: [...request.headers],
    body,
  });
  return new Promise((resolve, reject) => {
    let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
    const order = (what: FetchOrder) => port.postMessage(what);
    const stop = () => {
      order("abort");
      port.onmessage = null; // what was on its way is of no use any more
      port.close();
    };
    const fail = (reason: unknown) => {
      controller?.error(reason);
      reject(reason);
    };
    signal.addEventListener("abort", () => {
      stop();
      fail(signal.reason);
    });
    const stream = () =>
      new ReadableStream<Uint8Array>(
        {
          start(given) {
            controller = given;
          },
          pull: () => order("pull"),
          cancel: stop,
        },
        { highWaterMark: READ_AHEAD },
      );
    port.onmessage = ({ data }: MessageEvent<FetchAnswer>) => {
      if (data.type === "head") resolve(responseOf(data, method, stream));
      else if (data.type === "chunk") controller?.enqueue(data.bytes);
      else if (data.type === "end") controller?.close();
      else fail(new TypeError(data.message));
    };
  });
}

function responseOf(
  { status, statusText, headers }: FetchAnswer & { type: "head" },
  method: string,
  stream: () => ReadableStream<Uint8Array>,
): Response {
  const empty = [204, 205, 304].includes(status) || method === "HEAD";
  const fields = headers.map(([name, value]): [string, string] => [name, value]);
  return new Response(empty ? null : (stream() as BodyInit), { status, statusText, headers: fields });
}
