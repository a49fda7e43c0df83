import { AsyncHttpServer, acceptWebSocket } from "portico";
import { listening, work } from "./work.mjs";

const server = new AsyncHttpServer();
await server.serve(
  0,
  async (request) => {
    const socket = await acceptWebSocket(request);
    // As ws gives its messages: bytes that were not copied.
    if (work === "uint8array") socket.binaryType = "uint8array";
    socket.onmessage = (event) => socket.send(event.data);
  },
  { address: "127.0.0.1", onListen: ({ port }) => listening(port) },
);
