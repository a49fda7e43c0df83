import { expect, it } from "vitest";
import { ResponseHeadWriter } from "../http1/response-writer.ts";
import { type Socket, systemClock } from "../socket/index.ts";
import { Connection, type ConnectionHost } from "./connection.ts";
import { resolveOptions } from "./options.ts";
import { Watchdog } from "./watchdog.ts";

const address = { address: "127.0.0.1", port: 1, family: "IPv4" } as const;
const nothing = () => {};
const request = new TextEncoder().encode("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

/** A connection, and what its requests were read with. */
function connect(): { connection: Connection; held: unknown[]; written: () => string } {
  const clock = { ...systemClock, setTimeout: nothing };
  let written = "";
  const socket: Socket = {
    localAddress: address,
    remoteAddress: address,
    open: nothing,
    pause: nothing,
    resume: nothing,
    write(data) {
      written += data;
      return true;
    },
    end: nothing,
    destroy: nothing,
  };
  const host: ConnectionHost = {
    ...resolveOptions({ clock }),
    watchdog: new Watchdog<Connection>(clock, [1000]),
    heads: { last: undefined },
    head: new ResponseHeadWriter(),
    closing: false,
    connectionClosed: nothing,
  };
  const held: unknown[] = [];
  const connection: Connection = new Connection(socket, host, (asked) => {
    held.push(connection.reader);
    return asked.respond(200, "yes");
  });
  connection.start();
  return { connection, held, written: () => written };
}

it("gives up what a connection's first request took, and keeps it from the second on until a sweep finds it idle", () => {
  const { connection, held, written } = connect();
  for (let i = 0; i < 3; i++) connection.onData(request);
  connection.checkDeadlines(Date.now());
  for (let i = 0; i < 2; i++) connection.onData(request);
  expect(held.map((reader) => held.indexOf(reader))).toEqual([0, 1, 1, 3, 4]);
  expect(written().match(/200 OK/g)).toHaveLength(5);
});
