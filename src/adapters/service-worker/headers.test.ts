import { describe, expect, test } from "vitest";
import { HttpHeaders } from "../../http1/headers.ts";
import { answerHeaders, isPage, requestHeaders, siteContext } from "./headers.ts";
import type { FetchDescription } from "./protocol.ts";
import { prefixOf, previewUrl, Routes } from "./routes.ts";

const session = "0123456789abcdef0123456789abcdef";
const routes = new Routes("https://host.example");
const prefix = prefixOf("https://host.example/");
const place = { prefix, session, port: 8080, target: "/a" };
const preview = previewUrl({ prefix, session, port: 8080 }, "/page");

function described(change: Partial<FetchDescription> = {}): FetchDescription {
  return {
    port: 8080,
    method: "GET",
    target: "/a",
    headers: [["accept", "*/*"]],
    referrer: preview,
    mode: "cors",
    destination: "",
    credentials: "same-origin",
    client: "c",
    ...change,
  };
}

describe("fields for the server", () => {
  test("Host is what the server is called, X-Forwarded-* what the browser calls it", () => {
    const headers = requestHeaders(described(), place, routes);
    expect([...headers.lines()][0]).toEqual(["Host", "localhost:8080"]);
    expect(headers.get("x-forwarded-host")).toBe("host.example");
    expect(headers.get("x-forwarded-proto")).toBe("https");
    expect(headers.get("x-forwarded-prefix")).toBe(`/~${session}/8080`);
    expect(headers.get("referer")).toBe("http://localhost:8080/page");
    expect(headers.get("accept-encoding")).toBe("identity");
    expect(headers.get("origin")).toBeNull();
  });

  test("what only the bridge may say is not taken from the fetch", () => {
    const given = ["host", "cookie", "connection", "content-length", "transfer-encoding", "x-forwarded-for"];
    const headers = requestHeaders(
      described({ headers: given.map((name) => [name, "evil"] as const) }),
      place,
      routes,
    );
    expect([...headers.lines()].filter(([, value]) => value === "evil")).toEqual([]);
  });

  test("a value that the wire has no room for is left out, not the request", () => {
    const headers = requestHeaders(
      described({
        headers: [
          ["x-odd", "a\u0001b"],
          ["x-even", "\u00e9"],
        ],
      }),
      place,
      routes,
    );
    expect([headers.get("x-odd"), headers.get("x-even")]).toEqual([null, "\u00e9"]);
  });

  test("a fetch that changes something has an Origin: the server's own, or the host's", () => {
    const post = requestHeaders(described({ method: "POST" }), place, routes);
    expect(post.get("origin")).toBe("http://localhost:8080");
    const host = requestHeaders(
      described({ method: "POST", referrer: "https://host.example/" }),
      place,
      routes,
    );
    expect(host.get("origin")).toBe("https://host.example");
    expect(host.get("referer")).toBe("https://host.example/");
  });
});

describe("fields for the browser", () => {
  test.each([
    ["no-referrer", "same-origin"],
    ["origin", "origin-when-cross-origin"],
    ["no-referrer, Strict-Origin", "same-origin, strict-origin-when-cross-origin"],
    ["unsafe-url", "unsafe-url"],
  ])("Referrer-Policy %s tells nobody else more, and the previews' own origin all", (given, wanted) => {
    const fields = answerHeaders(new HttpHeaders([["Referrer-Policy", given]]), place, routes);
    expect(fields).toEqual([["Referrer-Policy", wanted]]);
  });

  test("Location is led back, fields of the connection and cookies end here", () => {
    const headers = new HttpHeaders([
      ["Location", "/next"],
      ["Set-Cookie", "a=b"],
      ["Connection", "close"],
      ["Transfer-Encoding", "chunked"],
      ["X-Own", "1"],
      ["X-Own", "2"],
    ]);
    expect(answerHeaders(headers, place, routes)).toEqual([
      ["Location", previewUrl({ prefix, session, port: 8080 }, "/next")],
      ["X-Own", "1"],
      ["X-Own", "2"],
    ]);
  });

  test("isolation adds three fields and leaves what the server says", () => {
    const headers = new HttpHeaders({ "cross-origin-opener-policy": "unsafe-none" });
    expect(answerHeaders(headers, place, routes, { isolation: "require-corp" })).toEqual([
      ["cross-origin-opener-policy", "unsafe-none"],
      ["Cross-Origin-Embedder-Policy", "require-corp"],
      ["Cross-Origin-Resource-Policy", "cross-origin"],
    ]);
  });

  test("a policy comes beside the server's own", () => {
    const headers = new HttpHeaders({ "content-security-policy": "img-src *" });
    expect(answerHeaders(headers, place, routes, { policy: "connect-src 'self'" })).toEqual([
      ["content-security-policy", "img-src *"],
      ["Content-Security-Policy", "connect-src 'self'"],
    ]);
  });
});

describe("a page that grows by markup", () => {
  test("is one that is navigated to, in HTML that is not coded", () => {
    const page = (fields: Record<string, string>, mode = "navigate") =>
      isPage({ mode }, new HttpHeaders(fields));
    expect(page({ "Content-Type": "text/html; charset=utf-8" })).toBe(true);
    expect(page({ "Content-Type": "text/html" }, "cors")).toBe(false);
    expect(page({ "Content-Type": "text/html", "Content-Encoding": "gzip" })).toBe(false);
    expect(page({ "Content-Type": "image/svg+xml" })).toBe(false);
    expect(page({})).toBe(false);
  });

  test("has no length that is known before", () => {
    const headers = new HttpHeaders({ "Content-Length": "5", "X-Own": "1" });
    expect(answerHeaders(headers, place, routes, { markup: "<b>" })).toEqual([["X-Own", "1"]]);
  });
});

describe("where a request comes from, for cookies", () => {
  const other = previewUrl({ prefix, session: "f".repeat(32), port: 80 }, "/");
  test.each([
    ["the same session", described(), "strict"],
    ["the host's page", described({ referrer: "https://host.example/" }), "strict"],
    ["an address bar", described({ referrer: "", mode: "navigate" }), "strict"],
    ["another session's link", described({ referrer: other, mode: "navigate" }), "lax"],
    ["another session's form", described({ referrer: other, mode: "navigate", method: "POST" }), "none"],
    ["another session's fetch", described({ referrer: other }), "none"],
    ["another site's link", described({ referrer: "https://host.example.evil/", mode: "navigate" }), "lax"],
  ])("%s", (_, fetch, wanted) => {
    expect(siteContext(fetch, session, routes)).toBe(wanted);
  });
});
