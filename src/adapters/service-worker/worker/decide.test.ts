import { describe, expect, test } from "vitest";
import { prefixOf, previewUrl, Routes } from "../routes.ts";
import { type Asked, decide } from "./decide.ts";

const session = "0123456789abcdef0123456789abcdef";
const routes = new Routes("https://host.example");
const prefix = prefixOf("https://host.example/");
const preview = previewUrl({ prefix, session, port: 8080 }, "/page");
const asked = (change: Partial<Asked>): Asked => ({
  url: "https://host.example/style.css",
  mode: "no-cors",
  destination: "style",
  referrer: preview,
  ...change,
});

describe("what a worker does about a fetch", () => {
  test.each([true, false])("another origin's is left, whoever asks (previews only: %s)", (only) => {
    const url = "https://elsewhere.example/style.css";
    expect(decide(asked({ url }), routes, only)).toEqual({ kind: "leave" });
    expect(decide(asked({ url: "https://host.example.evil/x" }), routes, only)).toEqual({ kind: "leave" });
  });

  test.each([true, false])("a preview's URL is served (previews only: %s)", (only) => {
    const place = { prefix, session, port: 8080, target: "/page" };
    expect(decide(asked({ url: preview, referrer: "" }), routes, only)).toEqual({ kind: "serve", place });
  });

  test("a missing slash behind the port is added", () => {
    const url = previewUrl({ prefix, session, port: 8080 }, "/").slice(0, -1);
    expect(decide(asked({ url }), routes, true)).toEqual({ kind: "redirect", to: `${url}/` });
  });

  test("a preview's absolute path is its server's where all clients are previews", () => {
    expect(decide(asked({ referrer: "" }), routes, true)).toEqual({
      kind: "serve-client",
      target: "/style.css",
    });
    const url = "https://host.example/data?x=1#y";
    expect(decide(asked({ url }), routes, true)).toEqual({ kind: "serve-client", target: "/data?x=1" });
  });

  test("the hosting page's own requests are left, in any mode", () => {
    const referrer = "https://host.example/";
    for (const mode of ["no-cors", "cors", "same-origin", "navigate"]) {
      expect(decide(asked({ mode, referrer }), routes, false)).toEqual({ kind: "leave" });
      expect(decide(asked({ mode, referrer: "" }), routes, false)).toEqual({ kind: "leave" });
    }
  });

  test.each(["document", "iframe", "worker", "sharedworker"])(
    "an absolute path that a preview opens as a %s is led home",
    (destination) => {
      const mode = destination.endsWith("worker") ? "same-origin" : "navigate";
      const url = "https://host.example/login?next=/x";
      expect(decide(asked({ url, mode, destination }), routes, false)).toEqual({
        kind: "redirect",
        to: previewUrl({ prefix, session, port: 8080 }, "/login?next=/x"),
      });
    },
  );
});
