import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket as NetSocket } from "node:net";
import { expect, it } from "vitest";
import { Descriptors } from "./descriptors.ts";
import { NodeSocket } from "./socket.ts";

/** More than kernels hold for one connection. */
const SENT = 16_777_216;
const WHOLE_READ = 65_536;

const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
};

it("takes nothing more from the kernel once onData paused in a flood, and brings the rest, and no more, after resume", async () => {
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const [net] = (await once(server, "connection")) as [NetSocket];
  client.end(new Uint8Array(SENT).fill(120));
  const socket = new NodeSocket(net, { descriptors: new Descriptors() });
  const received: Buffer[] = [];
  const beyond: number[] = [];
  let size = 0;
  await new Promise<void>((resolve) => {
    socket.open({
      onData(bytes) {
        received.push(Buffer.from(bytes));
        size += bytes.length;
        if (bytes.length < WHOLE_READ || beyond.length === 3) return;
        socket.pause();
        void turns(20).then(() => {
          beyond.push(net.bytesRead - size);
          socket.resume();
        });
      },
      onEnd: resolve,
      onDrain() {},
      onClose() {},
    });
  });
  expect(beyond).toEqual([0, 0, 0]);
  expect(size).toBe(SENT);
  expect(Buffer.concat(received).every((octet) => octet === 120)).toBe(true);
  socket.destroy();
  client.destroy();
  server.close();
});
