import { createRequire } from "node:module";
import { fieldsRead, hello, listening, mebibyte, root, textPlain, used, work } from "./work.mjs";

const require = createRequire(new URL("../peers/package.json", import.meta.url));
const app = require("fastify")();

const works = {
  hello: () => app.get("/", (_request, reply) => reply.type(textPlain).send(hello)),
  headers: () =>
    app.get("/", (request, reply) => {
      used(...fieldsRead.map((name) => request.headers[name]));
      reply.type(textPlain).send(hello);
    }),
  json: () => app.post("/", (request, reply) => reply.send(request.body)),
  large: () => app.get("/", (_request, reply) => reply.send(Buffer.from(mebibyte.buffer))),
  file: () => app.register(require("@fastify/static"), { root }),
};
works[work]();
await app.listen({ port: 0, host: "127.0.0.1" });
listening(app.server.address().port);
