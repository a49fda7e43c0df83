/** Files on a disk, served over TCP, and what asks for them: for tests. */
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll } from "vitest";
import { directory } from "../adapters/node/directory.ts";
import { NodeNetwork } from "../adapters/node/index.ts";
import { HttpServer } from "../server/server.ts";
import { serveFiles } from "./files.ts";

/** Where the files are, and where they are served. */
export interface Served {
  /** A folder of their own, in which `root` lies beside what is not to be served. */
  readonly base: string;
  readonly root: string;
  readonly port: number;
  /** What the server was told of, since the test emptied it. */
  readonly errors: unknown[];
}

/**
 * Serves a new folder as long as the tests of a file run.
 *
 * @param fill puts files there
 * @returns it, from the first test on
 */
export function serveFolder(fill: (root: string, base: string) => void): () => Served {
  let served: Served;
  let server: HttpServer;
  beforeAll(async () => {
    const base = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "portico-")));
    const root = join(base, "root");
    fs.mkdirSync(root);
    fill(root, base);
    const errors: unknown[] = [];
    server = new HttpServer({ network: new NodeNetwork(), onError: (error) => errors.push(error) });
    await new Promise<void>((resolve) => {
      void server.serve(0, serveFiles(directory(root)), { address: "127.0.0.1", onListen: () => resolve() });
    });
    served = { base, root, port: server.getPort(), errors };
  });
  afterAll(async () => {
    await server.close({ graceMs: 0 });
    fs.rmSync(served.base, { recursive: true, force: true });
  });
  return () => served;
}

const run = promisify(execFile);

/** Runs curl; `code` is its exit status. */
export async function curl(...args: string[]): Promise<{ stdout: string; code: number }> {
  const options = { maxBuffer: 1e8, encoding: "latin1" } as const;
  try {
    return { stdout: (await run("curl", ["-sS", "--max-time", "60", ...args], options)).stdout, code: 0 };
  } catch (error) {
    const { stdout, code } = error as { stdout: string; code: number };
    return { stdout, code };
  }
}
