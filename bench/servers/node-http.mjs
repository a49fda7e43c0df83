import { createServer } from "node:http";
import { fieldsRead, hello, keepAliveMs, listening, mebibyte, textPlain, used, work } from "./work.mjs";

const works = {
  hello(_request, response) {
    response.writeHead(200, { "Content-Type": textPlain, "Content-Length": hello.length });
    response.end(hello);
  },
  headers(request, response) {
    const fields = request.headers;
    used(fields[fieldsRead[0]], fields[fieldsRead[1]], fields[fieldsRead[2]]);
    response.writeHead(200, { "Content-Type": textPlain, "Content-Length": hello.length });
    response.end(hello);
  },
  json(request, response) {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const answer = JSON.stringify(JSON.parse(Buffer.concat(chunks).toString()));
      const length = Buffer.byteLength(answer);
      response.writeHead(200, { "Content-Type": "application/json", "Content-Length": length });
      response.end(answer);
    });
  },
  large(_request, response) {
    response.writeHead(200, {
      "Content-Type": "application/octet-stream",
      "Content-Length": mebibyte.length,
    });
    response.end(mebibyte);
  },
  upload(request, response) {
    let bytes = 0;
    request.on("data", (chunk) => {
      bytes += chunk.length;
    });
    request.on("end", () => {
      response.writeHead(200, { "Content-Type": textPlain });
      response.end(String(bytes));
    });
  },
};

const server = createServer({ maxHeaderSize: 1024 * 1024 }, works[work]);
server.maxHeadersCount = 0;
if (keepAliveMs !== undefined) server.keepAliveTimeout = keepAliveMs;
server.listen(0, "127.0.0.1", 4096, () => listening(server.address().port));
