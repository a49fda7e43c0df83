import { WebSocketServer } from "ws";
import { listening, work } from "./work.mjs";

// ws gives text as bytes; "string" makes a string of it, which is what every WebSocket API but its own does.
const echo =
  work === "string"
    ? (socket) => socket.on("message", (data, isBinary) => socket.send(isBinary ? data : data.toString()))
    : (socket) => socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });
server.on("connection", echo);
server.on("listening", () => listening(server.address().port));
