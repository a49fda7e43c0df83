import connect from "connect";

/** Middleware alone, with nothing but what `node:http` has. */
export function connectApp() {
  const app = connect();
  app.use((_request: unknown, response, next) => {
    response.setHeader("X-Seen", "1");
    next();
  });
  app.use("/users", (request, response) => {
    const url = new URL(request.url ?? "", "http://a/");
    send(response, { id: url.pathname.slice(1), page: url.searchParams.get("page") });
  });
  app.use("/json", (request, response) => {
    const chunks: string[] = [];
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => chunks.push(chunk));
    request.on("end", () => {
      response.statusCode = 201;
      send(response, { got: JSON.parse(chunks.join("")) });
    });
  });
  app.use("/form", (request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => response.end(new URLSearchParams(body).get("message")));
  });
  app.use("/stream", (_request, response) => {
    response.writeHead(200, { "Content-Type": "text/plain" });
    response.write("one ");
    response.write("two ");
    setTimeout(() => response.end("three"), 1);
  });
  app.use("/echo", (request, response) => void request.pipe(response));
  app.use("/cookie", (request, response) => {
    response.setHeader("Set-Cookie", ["a=1", "b=2"]);
    response.end(String(request.headers.cookie));
  });
  app.use("/old", (_request, response) => {
    response.writeHead(301, "Moved Permanently", { Location: "/" });
    response.end();
  });
  app.use("/ip", (request, response) => {
    send(response, {
      ip: typeof request.socket.remoteAddress,
      protocol: "http",
      host: String(request.headers.host).split(":")[0],
    });
  });
  app.use("/refused", (_request, response) => {
    response.statusCode = 401;
    response.end("Unauthorized");
  });
  app.use("/broken", () => {
    throw new Error("broken");
  });
  app.use("/rejected", (_request, _response, next) => next(new Error("rejected")));
  const birds = connect();
  birds.use("/about", (request, response) => {
    const mounted = (request.originalUrl ?? "").slice(0, -"/about".length);
    response.end(`About birds at ${mounted}`);
  });
  app.use("/birds", birds);
  app.use((request, response, next) =>
    request.url === "/" ? response.end("Hello from Connect!\n") : next(),
  );
  app.use((error: Error, _request: unknown, response: Out, _next: unknown) => {
    response.statusCode = 500;
    response.end(`Something broke: ${error.message}`);
  });
  return app;
}

interface Out {
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(text: string): unknown;
}

function send(response: Out, value: unknown): void {
  response.setHeader("Content-Type", "application/json");
  response.end(JSON.stringify(value));
}
