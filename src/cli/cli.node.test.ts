/** The program itself, as a child process. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import type { AddressInfo } from "node:net";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { bundleProgram } from "../../scripts/program.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
// Below the package, whose version it is to find.
const program = join(root, "node_modules/.cache/portico-cli-test/cli.js");

let base: string;
const children = new Set<ChildProcessWithoutNullStreams>();

beforeAll(async () => {
  await bundleProgram(join(root, "src/cli.ts"), program);
  base = fs.mkdtempSync(join(tmpdir(), "portico-"));
  fs.writeFileSync(join(base, "hello.txt"), "Hello");
  fs.writeFileSync(join(base, "huge.bin"), "");
  fs.truncateSync(join(base, "huge.bin"), 1e8);
});

afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
  children.clear();
});

afterAll(() => fs.rmSync(base, { recursive: true, force: true }));

interface Run {
  readonly child: ChildProcessWithoutNullStreams;
  readonly output: { stdout: string; stderr: string };
  /** Exit status; rejects when a signal ended it. */
  readonly exit: Promise<number>;
  /** Waits until the output matches, and gives the match. */
  until(stream: "stdout" | "stderr", pattern: RegExp): Promise<RegExpExecArray>;
}

function portico(...args: string[]): Run {
  const child = spawn(process.execPath, [program, ...args], { cwd: base });
  children.add(child);
  const output = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      output[stream] += text;
    });
  }
  const exit = once(child, "close").then(([code, signal]: (number | string | null)[]) => {
    if (typeof code !== "number") throw new Error(`ended by ${signal}`);
    return code;
  });
  const until = async (stream: "stdout" | "stderr", pattern: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const match = pattern.exec(output[stream]);
      if (match !== null) return match;
      await Promise.race([
        once(child[stream], "data"),
        exit.then(() => {
          if (!pattern.test(output[stream])) throw new Error(`it ended: ${JSON.stringify(output)}`);
        }),
      ]);
    }
  };
  return { child, output, exit, until };
}

async function serving(...args: string[]): Promise<Run & { url: string; port: number }> {
  const run = portico("--port", "0", ...args);
  const [, url = "", port = ""] = await run.until("stdout", /serving \S+ at (http:\/\/\S+:(\d+)\/)/);
  return { ...run, url, port: Number(port) };
}

describe("serving", () => {
  it("serves the directory to this machine, lists it and logs every request", async () => {
    const run = await serving(base);
    expect(run.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const response = await fetch(`${run.url}hello.txt`, { headers: { "User-Agent": 'te"st' } });
    expect(await response.text()).toBe("Hello");
    expect(await (await fetch(run.url)).text()).toContain('<a href="./hello.txt">');
    await (await fetch(`${run.url}none?q`)).text();
    await run.until("stdout", /none/);
    const [, file, list, none] = run.output.stdout.trim().split("\n");
    const time = String.raw`\[\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d \+0000\]`;
    expect(file).toMatch(
      new RegExp(
        String.raw`^127\.0\.0\.1 - - ${time} "GET /hello\.txt HTTP/1\.1" 200 5 "-" "te\\x22st" \d+\.\dms$`,
      ),
    );
    expect(list).toMatch(/"GET \/ HTTP\/1\.1" 200 \d+ /);
    expect(none).toMatch(/"GET \/none\?q HTTP\/1\.1" 404 \d+ /);
  });

  it("serves the current directory when told none, and is silent with --no-log and --no-listing", async () => {
    const run = await serving("--no-log", "--no-listing");
    expect(await (await fetch(`${run.url}hello.txt`)).text()).toBe("Hello");
    expect((await fetch(run.url)).status).toBe(404);
    run.child.kill("SIGTERM");
    expect(await run.exit).toBe(0);
    expect(run.output.stdout.trim().split("\n")).toHaveLength(1);
  });

  it("listens where it is told", async () => {
    const run = await serving("--host", "::1");
    expect(run.url).toMatch(/^http:\/\/\[::1\]:/);
    expect((await fetch(`${run.url}hello.txt`)).status).toBe(200);
  });
});

describe("stopping", () => {
  it.each(["SIGINT", "SIGTERM"] as const)(
    "on %s closes idle connections and exits with 0",
    async (signal) => {
      const run = await serving();
      await (await fetch(`${run.url}hello.txt`)).text(); // its connection is kept
      run.child.kill(signal);
      expect(await run.exit).toBe(0);
    },
  );

  it("lets a running request finish", async () => {
    const run = await serving();
    const response = await fetch(`${run.url}huge.bin`);
    run.child.kill("SIGTERM");
    await run.until("stderr", /SIGTERM/);
    let bytes = 0;
    for await (const chunk of response.body ?? []) bytes += chunk.length;
    expect(bytes).toBe(1e8);
    expect(await run.exit).toBe(0);
  });

  it("doesn't wait after the second signal", async () => {
    const run = await serving();
    const socket = connect(run.port, "127.0.0.1").on("error", () => {});
    socket.write("GET /huge.bin HTTP/1.1\r\nHost: a\r\n\r\n");
    await once(socket, "data");
    socket.pause();
    run.child.kill("SIGINT");
    await run.until("stderr", /SIGINT/);
    run.child.kill("SIGINT");
    expect(await run.exit).toBe(130);
    socket.destroy();
  });

  it("goes quietly when nobody reads its log any more", async () => {
    const run = await serving();
    run.child.stdout.destroy();
    await fetch(`${run.url}hello.txt`).catch(() => {});
    expect(await run.exit).toBe(0);
    expect(run.output.stderr).toBe("");
  });
});

describe("not serving", () => {
  async function ends(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const run = portico(...args);
    const code = await run.exit;
    return { code, ...run.output };
  }

  it("says that the port is taken", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await ends("--port", String(port));
    expect(code).toBe(1);
    expect(stderr).toBe(
      `portico: can't listen on 127.0.0.1: port ${port} is taken; choose another with --port, or any free one with --port 0\n`,
    );
    await new Promise((resolve) => other.close(resolve));
  });

  it("says what is wrong with the directory", async () => {
    expect(await ends("nowhere")).toEqual({
      code: 1,
      stdout: "",
      stderr: "portico: can't serve nowhere: there is no such directory\n",
    });
    expect((await ends("hello.txt")).stderr).toBe("portico: can't serve hello.txt: it is not a directory\n");
  });

  it("says that this machine lacks the address", async () => {
    const { code, stderr } = await ends("--host", "192.0.2.1", "--port", "0");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^portico: can't listen on 192\.0\.2\.1: this machine has no such address;.*\n$/);
  });

  it("exits with 2 for a misuse, in two lines", async () => {
    const { code, stderr } = await ends("--nothing");
    expect(code).toBe(2);
    expect(stderr).toMatch(/^portico: .*--nothing.*\n.*--help.*\n$/);
  });

  it("shows help and version", async () => {
    const { version } = JSON.parse(fs.readFileSync(join(root, "package.json"), "utf8")) as {
      version: string;
    };
    expect(await ends("--version")).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
    expect(await ends("--help")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Usage: portico/),
      stderr: "",
    });
  });
});
