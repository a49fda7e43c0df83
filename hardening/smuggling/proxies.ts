import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProgram } from "./installed.mjs";

/** What a proxy's configuration needs to know. */
export interface Wiring {
  readonly port: number;
  readonly origin: number;
  /** What the proxy's stamp begins with; no client knows it. */
  readonly secret: string;
  readonly directory: string;
}

/** A proxy in front of an origin, on loopback, with a directory of its own. */
export class ProxyServer {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #directory: string;
  #output = "";

  private constructor(child: ChildProcess, port: number, directory: string) {
    this.#child = child;
    this.port = port;
    this.#directory = directory;
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#output = (this.#output + text).slice(-4000);
    });
  }

  static async start(
    kind: "nginx" | "haproxy",
    origin: number,
    configure: (wiring: Wiring) => string,
    secret: string,
  ): Promise<ProxyServer> {
    const directory = mkdtempSync(join(tmpdir(), "portico-"));
    const port = await freePort();
    const file = join(directory, "proxy.conf");
    for (const name of ["body", "proxy", "fastcgi", "uwsgi", "scgi"]) mkdirSync(join(directory, name));
    writeFileSync(file, configure({ port, origin, secret, directory }));
    const args = kind === "nginx" ? ["-p", directory, "-c", file, "-e", "stderr"] : ["-db", "-f", file];
    const child = spawn(findProgram(kind) ?? kind, args, { stdio: ["ignore", "ignore", "pipe"] });
    const proxy = new ProxyServer(child, port, directory);
    await proxy.#listening();
    return proxy;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null) {
      const gone = new Promise((resolve) => this.#child.once("exit", resolve));
      this.#child.kill("SIGKILL");
      await gone;
    }
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #listening(): Promise<void> {
    for (let attempt = 0; attempt < 100; attempt++) {
      if (this.#child.exitCode !== null) break;
      if (await accepts(this.port)) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`the proxy does not listen: ${this.#output}`);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(true));
    socket.on("error", () => resolve(false));
    socket.on("connect", () => socket.destroy());
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

const readme = new URL("../../README.md", import.meta.url);

/** nginx as the README has it, with ports of ours, and the stamp. */
export function nginxOfReadme({ port, origin, secret, directory }: Wiring): string {
  const block = /^```nginx\n(.*?)^```$/ms.exec(readFileSync(readme, "utf8"))?.[1];
  if (block === undefined) throw new Error("the README has no configuration of nginx");
  const ours = block
    .replace("server 127.0.0.1:8080;", `server 127.0.0.1:${origin};`)
    .replace("keepalive 32;", "keepalive 1;") // one connection for everybody, which is the hardest case
    .replace("listen 80;", `listen 127.0.0.1:${port};`)
    .replace(
      "proxy_pass http://portico;",
      `$& proxy_set_header X-Proxy "${secret} $remote_port $request_id";`,
    );
  return nginx(directory, ours);
}

/** nginx, as lenient as it gets: odd names are passed on, bodies as they come. */
export function lenientNginx({ port, origin, secret, directory }: Wiring): string {
  return nginx(
    directory,
    `upstream portico { server 127.0.0.1:${origin}; keepalive 1; }
    server {
      listen 127.0.0.1:${port};
      ignore_invalid_headers off;
      underscores_in_headers on;
      location / {
        proxy_pass http://portico;
        proxy_http_version 1.1;
        proxy_request_buffering off;
        proxy_buffering off;
        proxy_pass_request_headers on;
        proxy_set_header Connection "";
        proxy_set_header X-Proxy "${secret} $remote_port $request_id";
      }
    }`,
  );
}

function nginx(directory: string, http: string): string {
  const user = process.getuid?.() === 0 ? "user root;" : "";
  return `${user} daemon off; master_process off; worker_processes 1; pid ${directory}/pid;
  events { worker_connections 256; }
  http {
    access_log off;
    client_body_temp_path ${directory}/body; proxy_temp_path ${directory}/proxy;
    fastcgi_temp_path ${directory}/fastcgi; uwsgi_temp_path ${directory}/uwsgi; scgi_temp_path ${directory}/scgi;
    client_body_timeout 2s; client_header_timeout 2s; proxy_read_timeout 5s;
    ${http}
  }`;
}

/** HAProxy, which shares its connections to the origin among clients; lenient where told to. */
export const haproxy =
  (lenient: boolean) =>
  ({ port, origin, secret }: Wiring): string =>
    `
global
  maxconn 200
defaults
  mode http
  timeout connect 5s
  timeout client 5s
  timeout server 5s
  timeout http-request 2s
  http-reuse always
frontend in
  bind 127.0.0.1:${port}
  ${lenient ? "option accept-invalid-http-request" : ""}
  http-request set-header X-Proxy "${secret} %[src_port] %[uuid()]"
  default_backend out
backend out
  ${lenient ? "option accept-invalid-http-response" : ""}
  server origin 127.0.0.1:${origin} pool-max-conn 1
`;
