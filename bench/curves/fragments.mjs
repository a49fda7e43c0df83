/**
 * One request with a body of 64 KiB, cut into pieces, inside one process: TCP would glue the pieces
 * together again. Portico gets them from a `Socket`, `node:http` from a `Duplex`. Prints a line of JSON:
 * microseconds of CPU a request. Run by curves.mjs as `node fragments.mjs portico|node-http SIZE`.
 */
import { createServer } from "node:http";
import { Duplex } from "node:stream";
import { AsyncHttpServer } from "portico";

const [who, size] = [process.argv[2], Number(process.argv[3])];
const bodyBytes = 64 * 1024;
const message = Buffer.concat([
  Buffer.from(`POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${bodyBytes}\r\n\r\n`),
  Buffer.alloc(bodyBytes, "x"),
]);
const pieces = [];
for (let at = 0; at < message.length; at += size) pieces.push(message.subarray(at, at + size));

const address = { address: "127.0.0.1", port: 80, family: "virtual" };
const endOfHead = "\r\n\r\n";

/** Portico's side: a network whose one connection is fed by hand. */
async function overSocket() {
  let events;
  let paused = false;
  let wake = () => {};
  let onAnswer = () => {};
  const socket = {
    localAddress: address,
    remoteAddress: address,
    open: (given) => {
      events = given;
      wake();
    },
    pause: () => {
      paused = true;
    },
    resume: () => {
      paused = false;
      wake();
    },
    write: (data) => {
      onAnswer(data);
      return true;
    },
    end: () => {},
    destroy: () => {},
  };
  const waiting = [Promise.resolve(socket)];
  const network = {
    listen: async () => ({
      address,
      accept: () => waiting.shift() ?? new Promise(() => {}),
      close: async () => {},
    }),
    connect: () => Promise.reject(new Error("nobody there")),
    descriptors: () => ({ active: 1, max: undefined }),
  };
  const server = new AsyncHttpServer({ network });
  const opened = new Promise((resolve) => {
    wake = resolve;
  });
  void server.serve(80, async (request) => {
    let bytes = 0;
    for await (const chunk of request) bytes += chunk.length;
    if (bytes !== bodyBytes) throw new Error(`${bytes} of ${bodyBytes} bytes came through`);
    await request.respond(200, "ok");
  });
  await opened;
  return async () => {
    const answered = new Promise((resolve) => {
      onAnswer = resolve;
    });
    for (const piece of pieces) {
      while (paused) {
        await new Promise((resolve) => {
          wake = resolve;
        });
      }
      events.onData(piece);
    }
    expectOk(await answered);
  };
}

/** The peer's side: `node:http` on a stream. */
async function overDuplex() {
  let onAnswer = () => {};
  const stream = new Duplex({
    read() {},
    write(data, _encoding, done) {
      onAnswer(data);
      done();
    },
  });
  const server = createServer((request, response) => {
    let bytes = 0;
    request.on("data", (chunk) => {
      bytes += chunk.length;
    });
    request.on("end", () => {
      if (bytes !== bodyBytes) throw new Error(`${bytes} of ${bodyBytes} bytes came through`);
      response.end("ok");
    });
  });
  server.emit("connection", stream);
  return async () => {
    const answered = new Promise((resolve) => {
      onAnswer = resolve;
    });
    for (const piece of pieces) stream.push(piece);
    expectOk(await answered);
  };
}

function expectOk(answer) {
  const text = typeof answer === "string" ? answer : Buffer.from(answer).toString("latin1");
  if (!text.startsWith("HTTP/1.1 200") || !text.includes(endOfHead)) throw new Error(`got ${text}`);
}

const once = await (who === "portico" ? overSocket() : overDuplex());
const cpu = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};
const lasting = async (milliseconds) => {
  const until = performance.now() + milliseconds;
  let requests = 0;
  const before = cpu();
  while (performance.now() < until) {
    await once();
    requests++;
    if (requests % 16 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return (cpu() - before) / requests;
};
await lasting(500);
console.log(JSON.stringify({ cpu: await lasting(1000) }));
process.exit(0);
