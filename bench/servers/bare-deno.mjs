/** The limit on Deno: a connection, a search for the blank line, a constant. */
import { hello, listening, textPlain } from "./work.mjs";

const date = new Date().toUTCString();
const answer = new TextEncoder().encode(
  `HTTP/1.1 200 OK\r\nDate: ${date}\r\nContent-Type: ${textPlain}\r\nContent-Length: ${hello.length}\r\n\r\n${hello}`,
);

const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
listening(listener.addr.port);
for await (const connection of listener) serve(connection).catch(() => {});

async function serve(connection) {
  const room = new Uint8Array(65536);
  for (;;) {
    const length = await connection.read(room);
    if (length === null) return;
    // The load sends whole heads, one at a time.
    if (room[length - 3] === 10 && room[length - 1] === 10) await connection.write(answer);
  }
}
