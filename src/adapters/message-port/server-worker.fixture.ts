/** A worker that serves HTTP to whoever holds the other end of the port that it is sent. */
import { HttpServer } from "../../server/server.ts";
import { VirtualNetwork } from "../virtual/network.ts";
import { linkNetworks } from "./index.ts";

const network = new VirtualNetwork();
const server = new HttpServer({ network });
void server.serve(80, async (request) => {
  if (request.method === "POST") await request.respond(200, request.body);
  else await request.respond(200, `Hello from ${self.constructor.name}`);
});

self.onmessage = ({ ports: [port] }) => {
  if (port) linkNetworks(network, port);
};
