/** The server that runs in the page of these tests: one route for each thing that is tested. */
import type { BodyWriter, HttpRequest, RequestCallback } from "portico";
import { memoryFiles, serveFiles } from "portico/static";

const PNG = Uint8Array.from(
  atob("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="),
  (char) => char.charCodeAt(0),
);
const html = { "Content-Type": "text/html; charset=utf-8" };
const page = (body: string) => `<!doctype html><meta charset="utf-8"><title>preview</title>${body}`;

/** What happened, for tests to look at, and gates that tests open. */
export class App {
  /** Requests that reached the callback, as "METHOD path". */
  readonly requests: string[] = [];
  /** Targets whose `signal` aborted. */
  readonly aborted: string[] = [];
  /** Bytes that `/download` has written, and that `/upload` has read. */
  written = 0;
  read = 0;
  readonly #gates = new Map<string, (() => void)[]>();
  readonly #files = serveFiles(memoryFiles({ "tone.wav": wav(4) }));

  /** Lets everything through that waits there. */
  open(gate: string): void {
    for (const pass of this.#gates.get(gate) ?? []) pass();
  }

  count(request: string): number {
    return this.requests.filter((each) => each === request).length;
  }

  readonly callback: RequestCallback = async (request) => {
    const { pathname, searchParams } = request.url;
    this.requests.push(`${request.method} ${pathname}`);
    request.signal.addEventListener("abort", () => this.aborted.push(pathname));
    const [, route = "", name = ""] = pathname.split("/");
    const bytes = Number(searchParams.get("bytes") ?? 0);
    switch (route) {
      case "":
        return request.respond(
          200,
          page(
            `<link rel="stylesheet" href="/style.css"><link rel="stylesheet" href="style2.css"><h1>Home</h1>
            <img id="absolute" src="/logo.png"><img id="relative" src="logo.png"><div id="painted">x</div>
            <form method="post" action="/submit"><input name="word" value="grüß"><button>Send</button></form>
            <a id="about" href="/about">about</a><script src="/script.js"></script>`,
          ),
          html,
        );
      case "style.css":
        return request.respond(
          200,
          "h1 { color: rgb(1, 2, 3) } #painted { background: url(/painted.png) }",
          css,
        );
      case "style2.css":
        return request.respond(200, "h1 { font-size: 77px }", css);
      case "script.js":
        return request.respond(200, "document.body.dataset.script = 'ran'", {
          "Content-Type": "text/javascript",
        });
      case "job.js":
        // A worker of the preview's own: what it asks for is the preview's, too.
        return request.respond(
          200,
          `Promise.all([fetch("/echo/absolute"), fetch("echo/relative")])
            .then((all) => postMessage(all.map((each) => each.status)), (error) => postMessage(String(error)))`,
          { "Content-Type": "text/javascript" },
        );
      case "logo.png":
      case "painted.png":
        return request.respond(200, PNG, { "Content-Type": "image/png" });
      case "about":
        return request.respond(200, page(`<h1>About</h1>`), html);
      case "submit": {
        const form = await request.formData();
        return request.respond(200, page(`<h1>Got ${form.get("word")}</h1>`), html);
      }
      case "redirect":
        return request.respond(302, "", { Location: searchParams.get("to") ?? "/landed?x=1" });
      case "landed":
        return request.respond(200, page(`<h1>Landed ${request.target}</h1>`), html);
      case "login":
        return request.respond(303, "", [
          ["Location", "/me"],
          ["Set-Cookie", "sid=abc; Path=/; HttpOnly; SameSite=Lax"],
          ["Set-Cookie", "deep=1; Path=/deep"],
          ["Set-Cookie", "old=1; Max-Age=0"],
          ["Set-Cookie", "safe=1; Secure; Path=/"],
        ] as [string, string][]);
      case "me":
      case "deep":
        return request.respond(
          200,
          page(`<h1>Cookies: ${request.headers.get("cookie") ?? "none"}</h1>`),
          html,
        );
      case "headers":
        return request.respond(200, JSON.stringify(request.headers), { "Content-Type": "application/json" });
      case "echo":
        return request.respond(200, `${request.method} ${await request.text()}`);
      case "zipped": {
        // A server that does not care what was asked for.
        const zipped = new Response("unzipped").body?.pipeThrough(new CompressionStream("gzip"));
        return request.respond(200, zipped ?? null, { "Content-Encoding": "gzip" });
      }
      case "reset":
        return request.respond(205, "no body is allowed here");
      case "events":
        return this.#events(request);
      case "chapters": {
        // Two events a connection: who wants more connects again and says how far it has come.
        const last = Number(request.headers.get("last-event-id"));
        const events = [last + 1, last + 2].map((id) => `id: ${id}\ndata: event ${id}\n\n`);
        return request.respond(200, `retry: 10\n${events.join("")}`, { "Content-Type": "text/event-stream" });
      }
      case "download":
        return this.#download(request, bytes);
      case "upload":
        return this.#upload(request);
      case "blob":
        return request.respond(200, pattern(bytes, Number(name)));
      case "gate":
        await this.#gate(pathname);
        return request.respond(200, `opened by ${request.method} ${await request.text()}`);
      case "begin": {
        const body = await request.sendHeaders(html);
        await body.write("begun ");
        await this.#gate(pathname);
        await body.write("ended");
        return body.close();
      }
      case "cut": {
        const body = await request.sendHeaders({ "Content-Type": "text/plain" });
        await body.write("begun ");
        await this.#gate(pathname);
        throw new Error("expected: the stream is cut");
      }
      case "tone.wav":
        return this.#files(request);
      default:
        return request.respond(404, "Not here");
    }
  };

  #gate(path: string): Promise<void> {
    return new Promise((resolve) => this.#gates.set(path, [...(this.#gates.get(path) ?? []), resolve]));
  }

  async #events(request: HttpRequest): Promise<void> {
    const body = await request.sendHeaders({ "Content-Type": "text/event-stream" });
    for (let id = 1; !request.signal.aborted; id++) {
      await body.write(`id: ${id}\ndata: event ${id}\n\n`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async #download(request: HttpRequest, bytes: number): Promise<void> {
    this.written = 0;
    const body: BodyWriter = await request.sendHeaders({ "Content-Type": "application/octet-stream" });
    for (let at = 0; at < bytes && !request.signal.aborted; at += CHUNK) {
      const chunk = pattern(Math.min(CHUNK, bytes - at), at);
      await body.write(chunk);
      this.written += chunk.length;
    }
    await body.close();
  }

  async #upload(request: HttpRequest): Promise<void> {
    this.read = 0;
    let whole = true;
    for await (const chunk of request.body ?? []) {
      for (let at = 0; at < chunk.length; at += 997) {
        if (chunk[at] !== (this.read + at) % 251) whole = false;
      }
      this.read += chunk.length;
      if (request.url.search === "?hold" && this.read === chunk.length) await this.#gate("/upload");
    }
    await request.respond(200, JSON.stringify({ bytes: this.read, whole }));
  }
}

const CHUNK = 65_536;
const css = { "Content-Type": "text/css" };

/** Bytes that say where they are. */
export function pattern(bytes: number, from: number): Uint8Array {
  const chunk = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at++) chunk[at] = (from + at) % 251;
  return chunk;
}

/** Seconds of a quiet tone, 8 kHz mono. */
function wav(seconds: number): Uint8Array {
  const rate = 8000;
  const samples = seconds * rate;
  const bytes = new Uint8Array(44 + samples);
  const view = new DataView(bytes.buffer);
  const text = (at: number, value: string) => {
    for (let i = 0; i < value.length; i++) bytes[at + i] = value.charCodeAt(i);
  };
  text(0, "RIFF");
  view.setUint32(4, 36 + samples, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate, true);
  view.setUint16(32, 1, true);
  view.setUint16(34, 8, true);
  text(36, "data");
  view.setUint32(40, samples, true);
  for (let i = 0; i < samples; i++)
    bytes[44 + i] = 128 + Math.round(20 * Math.sin((i * 440 * 2 * Math.PI) / rate));
  return bytes;
}
