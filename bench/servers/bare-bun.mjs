/** The limit on Bun: a socket, a search for the blank line, a constant. */
import { hello, listening, textPlain } from "./work.mjs";

const date = new Date().toUTCString();
const answer = `HTTP/1.1 200 OK\r\nDate: ${date}\r\nContent-Type: ${textPlain}\r\nContent-Length: ${hello.length}\r\n\r\n${hello}`;
const blankLine = Buffer.from("\r\n\r\n");

const server = Bun.listen({
  hostname: "127.0.0.1",
  port: 0,
  socket: {
    open(socket) {
      socket.data = { kept: null };
    },
    data(socket, chunk) {
      const { kept } = socket.data;
      const bytes = kept === null ? chunk : Buffer.concat([kept, chunk]);
      let from = 0;
      let count = 0;
      for (;;) {
        const at = bytes.indexOf(blankLine, from);
        if (at < 0) break;
        from = at + 4;
        count++;
      }
      socket.data.kept = from === bytes.length ? null : Buffer.from(bytes.subarray(from));
      if (count > 0) socket.write(count === 1 ? answer : answer.repeat(count));
    },
  },
});
listening(server.port);
