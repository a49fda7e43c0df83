import { expect, test } from "vitest";
import { Cookies } from "./cookies.ts";

const url = "http://localhost:8080/app/page";

test("cookies go where path, expiry, Secure and SameSite let them", async () => {
  const cookies = new Cookies();
  expect(cookies.header(url, "strict")).toBe("");
  await cookies.store(
    [
      "all=1; Path=/",
      "deep=2; Path=/app",
      "own=3",
      "other=4; Path=/other",
      "old=5; Path=/; Max-Age=0",
      "safe=6; Path=/; Secure",
      "strict=7; Path=/; SameSite=Strict",
      "lax=8; Path=/; SameSite=Lax",
      "foreign=9; Domain=example.com",
      "",
    ],
    url,
    "strict",
  );
  const names = (at: string, context: "strict" | "lax" | "none") =>
    cookies
      .header(at, context)
      .split("; ")
      .map((each) => each.split("=", 1)[0])
      .sort();
  expect(names(url, "strict")).toEqual(["all", "deep", "lax", "own", "safe", "strict"]);
  expect(names(url, "lax")).toEqual(["all", "deep", "lax", "own", "safe"]);
  expect(names(url, "none")).toEqual(["all", "deep", "own", "safe"]);
  expect(names("http://localhost:9090/", "strict")).toEqual(["all", "lax", "safe", "strict"]);
});

test("a cookie is replaced, and deleted by one that has expired", async () => {
  const cookies = new Cookies();
  await cookies.store(["sid=1; Path=/"], url, "strict");
  await cookies.store(["sid=2; Path=/; HttpOnly"], url, "strict");
  expect(cookies.header(url, "strict")).toBe("sid=2");
  await cookies.store(["sid=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT"], url, "strict");
  expect(cookies.header(url, "strict")).toBe("");
});

test("a library that could not be loaded is loaded again with the next cookie", async () => {
  let tries = 0;
  const cookies = new Cookies(async () => {
    if (++tries === 1) throw new TypeError("Failed to fetch dynamically imported module");
    const { CookieJar } = await import("tough-cookie");
    return new CookieJar(undefined, { rejectPublicSuffixes: false, allowSpecialUseDomain: true });
  });
  await expect(cookies.store(["a=1"], url, "strict")).rejects.toThrow("Failed to fetch");
  await cookies.store(["a=1"], url, "strict");
  expect(cookies.header(url, "strict")).toBe("a=1");
  expect(tries).toBe(2);
});
