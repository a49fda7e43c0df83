/** A client that sends one body after the other on one connection, as fast as the server takes it. */
import { once } from "node:events";
import { connect } from "node:net";

const chunk = Buffer.alloc(64 * 1024, "x");

async function send(socket, length) {
  const head = `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${length}\r\n\r\n`;
  const answered = once(socket, "data");
  if (length <= chunk.length) {
    socket.write(head + "x".repeat(length), "latin1");
  } else {
    socket.write(head, "latin1");
    for (let left = length; left > 0; left -= chunk.length) {
      const more = socket.write(left >= chunk.length ? chunk : chunk.subarray(0, left));
      if (!more) await once(socket, "drain");
    }
  }
  const [answer] = await answered;
  if (!answer.toString("latin1").startsWith("HTTP/1.1 200")) throw new Error(`refused: ${answer}`);
}

/** Drives for that many seconds, but at least one body. */
export const driveUploads = (length) => async (server, seconds) => {
  const socket = connect(server.port, "127.0.0.1");
  socket.setNoDelay(true);
  await once(socket, "connect");
  const began = performance.now();
  const took = [];
  do {
    const sent = performance.now();
    await send(socket, length);
    took.push((performance.now() - sent) * 1000);
  } while (performance.now() - began < seconds * 1000);
  const microseconds = (performance.now() - began) * 1000;
  socket.destroy();
  took.sort((a, b) => a - b);
  const at = (share) => Math.round(took[Math.floor((took.length - 1) * share)]);
  return { requests: took.length, microseconds, p50: at(0.5), p99: at(0.99), errors: 0, badStatus: 0 };
};
