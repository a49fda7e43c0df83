import type { ProblemCode } from "../protocol.ts";

/** Why a fetch has no answer of a server's. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly code: ProblemCode;

  constructor(code: ProblemCode) {
    super(code);
    this.code = code;
  }
}

interface Wording {
  readonly status: number;
  readonly title: string;
  readonly text: string;
}

const WORDINGS: Readonly<Record<ProblemCode, Wording>> = {
  SessionGone: {
    status: 503,
    title: "This preview has ended",
    text: "The tab that ran its server was closed or loaded again. Open the preview anew from there.",
  },
  SessionSilent: {
    status: 503,
    title: "This preview does not answer",
    text: "The tab that runs its server is there, but busy. Try again, or load that tab again.",
  },
  PageOutdated: {
    status: 503,
    title: "The tab of this preview is out of date",
    text: "It was opened with another version of the software than the one that is installed now. Load that tab again.",
  },
  UnknownClient: {
    status: 503,
    title: "Nobody knows whose request this is",
    text: "It came from no preview. Ask for the preview's own URL.",
  },
  ServerGone: {
    status: 502,
    title: "No server is running here",
    text: "Nobody listens on this port. Start the server, then try again.",
  },
  ConnectionLost: {
    status: 502,
    title: "The server hung up",
    text: "It closed the connection before it had answered.",
  },
  InvalidResponse: {
    status: 502,
    title: "The server's answer can't be read",
    text: "What it sent is not a response that HTTP allows here.",
  },
  AnswerTimeout: {
    status: 504,
    title: "The server takes too long",
    text: "It took the request and has not answered for some minutes.",
  },
};

/** The response instead of a server's: a page for a person, JSON for a program. */
export function problemResponse(code: ProblemCode, navigation: boolean): Response {
  const wording = WORDINGS[code];
  return new Response(navigation ? html(code, wording) : json(code, wording), {
    status: wording.status,
    headers: {
      "Content-Type": navigation ? "text/html; charset=utf-8" : "application/json",
      "Cache-Control": "no-store",
      "X-Portico-Problem": code,
      // It is of the previews' origin, and no preview gets further by it than by itself.
      "Content-Security-Policy": "default-src 'self'; style-src 'unsafe-inline'; base-uri 'none'",
      // A page that is isolated shows it in a frame, too.
      "Cross-Origin-Embedder-Policy": "require-corp",
      "Cross-Origin-Resource-Policy": "cross-origin",
    },
  });
}

function json(code: ProblemCode, { status, title, text }: Wording): string {
  return `${JSON.stringify({ error: { code, status, message: `${title}. ${text}` } })}\n`;
}

function html(code: ProblemCode, { status, title, text }: Wording): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>
  :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
  body { display: grid; min-height: 90vh; place-content: center; margin: 1.5rem; }
  main { max-width: 32rem; }
  h1 { font-size: 1.4rem; margin: 0 0 .5rem; }
  small { opacity: .7; }
</style>
<main>
  <h1>${title}</h1>
  <p>${text}</p>
  <p><a href="">Try again</a></p>
  <small>${status} ${code}</small>
</main>
</html>
`;
}
