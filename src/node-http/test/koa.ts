import Koa from "koa";

/** Koa's cascade and its context. It has no router or body parser of its own, so the application does that. */
export function koaApp() {
  const app = new Koa();
  app.silent = true;
  app.use(async (context, next) => {
    await next();
    context.set("X-Seen", "1");
  });
  app.use(async (context, next) => {
    try {
      await next();
    } catch (error) {
      context.status = 500;
      context.body = `Something broke: ${(error as Error).message}`;
    }
  });
  app.use(async (context) => {
    const { path, method } = context;
    if (path === "/") context.body = "Hello World";
    else if (path.startsWith("/users/")) context.body = { id: path.split("/")[2], page: context.query.page };
    else if (path === "/json" && method === "POST") {
      context.status = 201;
      context.body = { got: JSON.parse(await text(context.req)) };
    } else if (path === "/form" && method === "POST")
      context.body = new URLSearchParams(await text(context.req)).get("message");
    else if (path === "/stream") context.body = streamOf(["one ", "two ", "three"]);
    else if (path === "/echo") context.body = context.req;
    else if (path === "/cookie") {
      const before = context.headers.cookie;
      context.cookies.set("a", "1");
      context.cookies.set("b", "2", { httpOnly: false });
      context.body = String(before);
    } else if (path === "/old") {
      context.status = 301;
      context.redirect("/");
    } else if (path === "/ip")
      context.body = { ip: typeof context.ip, protocol: context.protocol, host: context.hostname };
    else if (path === "/refused") context.status = 401;
    else if (path === "/broken") throw new Error("broken");
    else if (path === "/rejected") await Promise.reject(new Error("rejected"));
    else if (path === "/birds/about") context.body = "About birds at /birds";
  });
  return app;
}

async function text(request: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let all = "";
  for await (const chunk of request) all += decoder.decode(chunk, { stream: true });
  return all;
}

function streamOf(words: string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull(controller) {
      const word = words.shift();
      if (word === undefined) controller.close();
      else controller.enqueue(new TextEncoder().encode(word));
    },
  });
}
