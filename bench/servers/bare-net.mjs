/**
 * The limit on Node: a socket, a search for the blank line, a constant. It parses nothing, so it is no
 * HTTP server; what another server costs above it is what that server's HTTP costs.
 */
import { createServer } from "node:net";
import { hello, listening, mebibyte, textPlain, uploadBytes, work } from "./work.mjs";

const date = new Date().toUTCString();
const head = (type, length) =>
  `HTTP/1.1 200 OK\r\nDate: ${date}\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n`;
const blankLine = Buffer.from("\r\n\r\n");
const closingBrace = "}".charCodeAt(0);

/** Answers `send(socket, count)` for every `count` heads that came in together. */
function perHead(send) {
  return (socket) => {
    let kept = null;
    socket.on("data", (chunk) => {
      const bytes = kept === null ? chunk : Buffer.concat([kept, chunk]);
      let from = 0;
      let count = 0;
      for (;;) {
        const at = bytes.indexOf(blankLine, from);
        if (at < 0) break;
        from = at + 4;
        count++;
      }
      kept = from === bytes.length ? null : bytes.subarray(from);
      if (count > 0) send(socket, count);
    });
  };
}

/** Answers once `length` bytes followed the head. */
function perBody(length, answer) {
  return (socket) => {
    let left = -1;
    socket.on("data", (chunk) => {
      let bytes = chunk.length;
      if (left < 0) {
        const at = chunk.indexOf(blankLine);
        if (at < 0) return;
        bytes -= at + 4;
        left = length;
      }
      left -= bytes;
      if (left > 0) return;
      left = -1;
      socket.write(answer, "latin1");
    });
  };
}

/** Takes the JSON behind a head to be whole once an object's last octet is there, which no server could. */
function echoJson(socket) {
  let kept = null;
  socket.on("data", (chunk) => {
    const bytes = kept === null ? chunk : Buffer.concat([kept, chunk]);
    const at = bytes.indexOf(blankLine);
    const whole = at >= 0 && bytes[bytes.length - 1] === closingBrace;
    kept = whole ? null : bytes;
    if (!whole) return;
    const answer = JSON.stringify(JSON.parse(bytes.toString("utf8", at + blankLine.length)));
    socket.write(head("application/json", Buffer.byteLength(answer)) + answer);
  });
}

const helloAnswer = head(textPlain, hello.length) + hello;
const largeHead = head("application/octet-stream", mebibyte.length);
const works = {
  hello: perHead((socket, count) =>
    socket.write(count === 1 ? helloAnswer : helloAnswer.repeat(count), "latin1"),
  ),
  large: perHead((socket, count) => {
    for (let i = 0; i < count; i++) {
      socket.cork();
      socket.write(largeHead, "latin1");
      socket.write(mebibyte);
      socket.uncork();
    }
  }),
  json: echoJson,
  upload: perBody(uploadBytes, head(textPlain, String(uploadBytes).length) + uploadBytes),
};
works.headers = works.hello;

const server = createServer({ noDelay: true }, (socket) => {
  socket.on("error", () => socket.destroy());
  works[work](socket);
});
server.listen(0, "127.0.0.1", 4096, () => listening(server.address().port));
