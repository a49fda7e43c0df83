import { AsyncHttpServer, type HttpRequest } from "../../src/index.node.ts";

/** A request as the origin got it. */
export interface Seen {
  readonly target: string;
  /** What the proxy said of it: `SECRET PORT ID`, the client's port and a name of its own. */
  readonly stamps: readonly string[];
  /** The port of the connection it came on. */
  readonly connection: number;
}

/** Portico behind a proxy, which tells in each answer whose request it answers. */
export class Origin {
  readonly seen: Seen[] = [];
  readonly errors: unknown[] = [];
  readonly #server = new AsyncHttpServer({ onError: (error) => this.errors.push(error) });

  get port(): number {
    return this.#server.getPort();
  }

  static async start(): Promise<Origin> {
    const origin = new Origin();
    await origin.#server.listen(0, { address: "127.0.0.1" });
    void origin.#serve();
    return origin;
  }

  async #serve(): Promise<void> {
    while (this.#server.listening) await this.#server.acceptRequest((request) => this.#answer(request));
  }

  close(): Promise<void> {
    return this.#server.close({ graceMs: 0 });
  }

  async #answer(request: HttpRequest): Promise<void> {
    const stamps = [...request.headers].flatMap(([name, value]) =>
      name.toLowerCase() === "x-proxy" ? [value] : [],
    );
    const { target } = request;
    this.seen.push({ target, stamps, connection: request.client.remoteAddress.port });
    const answer = { "X-Answer": `${this.seen.length} ${stamps.join("|")} ${encodeURIComponent(target)}` };
    const path = target.replace(/^http:\/\/[^/]*/, "");
    if (path === "/204" || path === "/304") return request.respond(Number(path.slice(1)), null, answer);
    if (path === "/early") {
      const writer = await request.sendHeaders(answer);
      return writer.close();
    }
    if (path !== "/unread") await request.bytes().catch(() => {});
    return request.respond(200, `for ${stamps.join("|")}`, answer);
  }
}
