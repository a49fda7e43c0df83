import { describe, expect, test } from "vitest";
import { prefixOf, previewUrl, Routes } from "./routes.ts";

const session = "0123456789abcdef0123456789abcdef";
const routes = new Routes("https://host.example");
const prefix = prefixOf("https://host.example/app/");
const base = `https://host.example/app/~${session}/8080`;

describe("routes", () => {
  test("a preview's URL names session, port, path and query", () => {
    expect(routes.parse(`${base}/a/b?c=d#e`)).toEqual({ prefix, session, port: 8080, target: "/a/b?c=d" });
    expect(routes.parse(`${base}/`)).toEqual({ prefix, session, port: 8080, target: "/" });
  });

  test("what is formatted is parsed back", () => {
    for (const target of ["/", "/a?b", "//double", "/~x/", "/%2F?q=/#"]) {
      const { target: parsed } = routes.parse(previewUrl({ prefix, session, port: 1 }, target)) ?? {};
      expect(parsed).toBe(target.replace(/#.*/, ""));
    }
    expect(previewUrl({ prefix, session, port: 80 }, "no/slash")).toBe(
      `https://host.example/app/~${session}/80/no/slash`,
    );
  });

  test.each([
    ["another origin", `https://other.example/app/~${session}/8080/`],
    ["a session in the middle of a segment", `https://host.example/app/x~${session}/8080/`],
    ["a session in the query", `https://host.example/app/?/~${session}/8080/`],
    ["an origin that only begins alike", `https://host.example.evil/app/~${session}/8080/`],
    ["a session that is too short", "https://host.example/app/~0123/8080/"],
    ["a session in capitals", `https://host.example/app/~${session.toUpperCase()}/8080/`],
    ["a session that is longer", `https://host.example/app/~${session}0/8080/`],
    ["no port", `https://host.example/app/~${session}/`],
    ["port 0", `https://host.example/app/~${session}/0/`],
    ["port 65536", `https://host.example/app/~${session}/65536/`],
    ["a port with more behind it", `https://host.example/app/~${session}/80x/`],
  ])("%s is no preview", (_, url) => {
    expect(routes.parse(url)).toBeUndefined();
  });

  test("a port without a slash is its root, and told apart", () => {
    expect(routes.parse(base)).toEqual({ prefix, session, port: 8080, target: "/" });
    expect(routes.parse(`${base}?q`)).toEqual({ prefix, session, port: 8080, target: "/?q" });
    expect([base, `${base}?q`, `${base}/`, `${base}/a`].map((url) => routes.lacksSlash(url))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  test("any scope has previews, the first session of a path is the one", () => {
    const inner = previewUrl(
      { prefix: prefixOf("https://host.example/"), session, port: 1 },
      `/x/~${session}/2/`,
    );
    expect(routes.parse(inner)).toEqual({
      prefix: "https://host.example/~",
      session,
      port: 1,
      target: `/x/~${session}/2/`,
    });
  });

  test.each([
    ["a path", "/next", `${base}/next`],
    ["a relative path", "next?x#y", `${base}/a/next?x#y`],
    ["a parent", "../next", `${base}/next`],
    ["the server's own name", "http://localhost:8080/next", `${base}/next`],
    ["the server by address", "http://127.0.0.1:8080/next", `${base}/next`],
    ["another port", "http://localhost:9090/x", `https://host.example/app/~${session}/9090/x`],
    ["port 80", "http://localhost/x", `https://host.example/app/~${session}/80/x`],
    ["the name that X-Forwarded-Host gave", "https://host.example/next", `${base}/next`],
    ["the prefix that X-Forwarded-Prefix gave", `/app/~${session}/8080/next`, `${base}/next`],
    ["a preview's URL", `${base}/next`, `${base}/next`],
    ["elsewhere", "https://elsewhere.example/next", "https://elsewhere.example/next"],
    [
      "a preview's path elsewhere",
      `https://elsewhere.example/~${session}/80/`,
      `https://elsewhere.example/~${session}/80/`,
    ],
    [
      "the prefix behind the server's own name",
      `http://localhost:8080/app/~${session}/8080/next`,
      `${base}/next`,
    ],
    ["another scheme", "mailto:a@b.example", "mailto:a@b.example"],
    ["what is no URL", "http://", "http://"],
  ])("Location: %s", (_, value, wanted) => {
    expect(routes.location(value, { prefix, session, port: 8080, target: "/a/b" })).toBe(wanted);
  });

  test("Location: the name that X-Forwarded-Host gave, where the host page is on localhost itself", () => {
    const local = new Routes("http://localhost:5173");
    const place = { prefix: prefixOf("http://localhost:5173/"), session, port: 8080, target: "/" };
    expect(local.location("http://localhost:5173/next", place)).toBe(previewUrl(place, "/next"));
    expect(local.location("http://localhost:3000/next", place)).toBe(
      previewUrl({ ...place, port: 3000 }, "/next"),
    );
  });
});
