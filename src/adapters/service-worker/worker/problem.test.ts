import { expect, test } from "vitest";
import type { ProblemCode } from "../protocol.ts";
import { problemResponse } from "./problem.ts";

test.each([
  ["SessionGone", 503],
  ["SessionSilent", 503],
  ["PageOutdated", 503],
  ["UnknownClient", 503],
  ["ServerGone", 502],
  ["ConnectionLost", 502],
  ["InvalidResponse", 502],
  ["AnswerTimeout", 504],
] as const)("%s is a %i: a page for a person, JSON for a program", async (code: ProblemCode, status) => {
  const page = problemResponse(code, true);
  expect(page.status).toBe(status);
  expect(page.headers.get("content-type")).toMatch(/^text\/html/);
  expect(page.headers.get("content-security-policy")).toContain("default-src 'self'");
  expect(await page.text()).toMatch(/<title>[A-Z].{10,}<\/title>/);
  const answer = problemResponse(code, false);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(await answer.json()).toEqual({ error: { code, status, message: expect.any(String) } });
});
