/** What does not fit into memory, from a disk to a client that takes its time: over TCP. */
import { once } from "node:events";
import * as fs from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { curl, serveFolder } from "./served.node.fixture.ts";

const HUGE_BYTES = 268_435_456;

const served = serveFolder((root) => {
  fs.writeFileSync(join(root, "huge.bin"), "");
  fs.truncateSync(join(root, "huge.bin"), HUGE_BYTES); // sparse: takes no room
});
let root: string;
let port: number;
beforeAll(() => {
  ({ root, port } = served());
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

function openBelow(place: string): number {
  return fs.readdirSync("/proc/self/fd").filter((fd) => {
    try {
      return fs.readlinkSync(`/proc/self/fd/${fd}`).startsWith(place);
    } catch {
      return false;
    }
  }).length;
}

describe("a large file", () => {
  it("is sent without being held", async () => {
    let most = 0;
    const before = process.memoryUsage().arrayBuffers;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }, 5);
    try {
      const { stdout } = await curl(
        "-o",
        "/dev/null",
        "-w",
        "%{size_download}",
        `http://127.0.0.1:${port}/huge.bin`,
      );
      expect(stdout).toBe(String(HUGE_BYTES));
    } finally {
      clearInterval(watch);
    }
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThan(67_108_864); // 128 KiB pieces that the collector hasn't come to yet
  }, 60_000);

  /** A client that asked for the large file, took a little and reads no more. */
  async function stalled(): Promise<Socket> {
    const socket = connect(port, "127.0.0.1");
    socket.write("GET /huge.bin HTTP/1.1\r\nHost: a\r\n\r\n");
    await once(socket, "data");
    socket.pause();
    return socket;
  }

  it("is read no faster than the client takes it", async () => {
    const readBytes = (): number =>
      Number(/^rchar: (\d+)$/m.exec(fs.readFileSync("/proc/self/io", "utf8"))?.[1]);
    const before = readBytes();
    const socket = await stalled();
    let last = -1;
    // Until nothing has been read for a while: what fits into the buffers of both ends is in them.
    while (readBytes() - last > 65_536) {
      last = readBytes();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(readBytes() - before).toBeLessThan(HUGE_BYTES / 8);
    expect(openBelow(root)).toBe(1);
    socket.destroy();
    await until(() => openBelow(root) === 0);
  });

  it("is closed when the client leaves in the middle", async () => {
    const sockets = await Promise.all(Array.from({ length: 10 }, stalled));
    await until(() => openBelow(root) === 10);
    for (const socket of sockets) socket.destroy();
    await until(() => openBelow(root) === 0);
  });

  it("that gets shorter while it is sent is broken off, not padded", async () => {
    const file = join(root, "shrinking.bin");
    fs.writeFileSync(file, "");
    fs.truncateSync(file, 200_000_000);
    served().errors.length = 0;
    const socket = connect(port, "127.0.0.1");
    socket.write("GET /shrinking.bin HTTP/1.1\r\nHost: a\r\n\r\n");
    let received = 0;
    const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
    socket.on("error", () => {});
    socket.once("data", () => fs.truncateSync(file, 1000));
    socket.on("data", (bytes) => {
      received += bytes.length;
    });
    await closed;
    expect(received).toBeLessThan(200_000_000);
    expect(served().errors).toEqual([expect.objectContaining({ code: "FileTruncated" })]);
    await until(() => openBelow(root) === 0);
  });
});
