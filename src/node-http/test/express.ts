import express, { type NextFunction, type Request, type Response } from "express";

/** Express's own first steps: https://expressjs.com/en/starter/ and /en/guide/. */
export function expressApp(publicFolder: string) {
  const app = express();
  app.set("env", "test");
  app.use((_request, response, next) => {
    response.setHeader("X-Seen", "1");
    next();
  });
  app.use("/static", express.static(publicFolder, { maxAge: 60_000 }));
  app.use(express.json({ limit: "2mb" }));
  app.use(express.urlencoded({ extended: false }));
  app.get("/", (_request, response) => void response.send("Hello World!"));
  app.get("/users/:id", (request, response) => {
    response.json({ id: request.params.id, page: request.query.page });
  });
  app.post("/json", (request, response) => void response.status(201).json({ got: request.body }));
  app.post("/form", (request, response) => void response.send(request.body.message));
  app.get("/stream", (_request, response) => {
    const words = ["one ", "two ", "three"];
    const next = () => {
      const word = words.shift();
      if (word === undefined) response.end();
      else response.write(word, next);
    };
    next();
  });
  app.post("/echo", (request, response) => void request.pipe(response));
  app.get("/cookie", (request, response) => {
    response.cookie("a", "1", { httpOnly: true }).cookie("b", "2").send(String(request.headers.cookie));
  });
  app.get("/old", (_request, response) => response.redirect(301, "/"));
  app.get("/ip", (request, response) => {
    response.json({ ip: typeof request.ip, protocol: request.protocol, host: request.hostname });
  });
  app.get("/download", (_request, response) =>
    response.download(`${publicFolder}/hello.txt`, "greeting.txt"),
  );
  app.get("/refused", (_request, response) => void response.sendStatus(401));
  app.get("/broken", () => {
    throw new Error("broken");
  });
  app.get("/rejected", async () => {
    throw new Error("rejected");
  });
  const birds = express.Router();
  birds.get("/about", (request, response) => void response.send(`About birds at ${request.baseUrl}`));
  app.use("/birds", birds);
  app.use((_request, response) => void response.status(404).send("Sorry can't find that!"));
  app.use((error: Error, _request: Request, response: Response, _next: NextFunction) => {
    response.status(500).send(`Something broke: ${error.message}`);
  });
  return app;
}
