/** Runs in every process of the stand-in host before its program: tells which ports it listens on. */
import { Server } from "node:net";

const { listen } = Server.prototype;
/** @this {Server} */
Server.prototype.listen = function (/** @type {any[]} */ ...args) {
  this.once("listening", () => {
    const address = this.address();
    if (address === null || typeof address === "string") return;
    const { port } = address;
    process.send?.({ port, state: "open" });
    this.once("close", () => process.connected && process.send?.({ port, state: "close" }));
  });
  return Reflect.apply(listen, this, args);
};
// To tell of ports must not keep a program alive.
process.channel?.unref();
