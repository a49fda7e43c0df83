import { describe, expect, it } from "vitest";
import fc from "../testing/fast-check.ts";
import { FieldLines } from "./field-lines.ts";
import { HttpHeaders } from "./headers.ts";

/** Headers as a reader makes them. */
function received(...lines: [string, string][]): HttpHeaders {
  const text = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return HttpHeaders.fromLines(new FieldLines(`\n${text}\r\n`));
}

describe("HttpHeaders", () => {
  it("compares names without case and keeps their spelling and order", () => {
    const headers = new HttpHeaders({ "X-One": "1", "content-TYPE": "a/b" });
    headers.append("x-ONE", "2");
    expect(headers.get("X-one")).toBe("1, 2");
    expect(headers.has("CONTENT-type")).toBe(true);
    expect(headers.has("other")).toBe(false);
    expect(headers.get("other")).toBeNull();
    expect([...headers.lines()]).toEqual([
      ["X-One", "1"],
      ["content-TYPE", "a/b"],
      ["x-ONE", "2"],
    ]);
    expect([...headers]).toEqual([
      ["x-one", "1, 2"],
      ["content-type", "a/b"],
    ]);
    expect([...headers.keys()]).toEqual(["x-one", "content-type"]);
    expect([...headers.values()]).toEqual(["1, 2", "a/b"]);
  });

  it("replaces every line of a name in the place of the first, and deletes them all", () => {
    const headers = new HttpHeaders([
      ["A", "1"],
      ["B", "2"],
      ["a", "3"],
    ]);
    headers.set("a", "4");
    expect([...headers.lines()]).toEqual([
      ["a", "4"],
      ["B", "2"],
    ]);
    headers.delete("A");
    headers.delete("never-there");
    expect([...headers.lines()]).toEqual([["B", "2"]]);
    headers.set("C", "5");
    expect(headers.get("c")).toBe("5");
  });

  it("has nothing of a name where it has nothing at all", () => {
    const headers = new HttpHeaders();
    expect([headers.get("a"), headers.getAll("a"), headers.has("a"), [...headers]]).toEqual([
      null,
      [],
      false,
      [],
    ]);
  });

  it("never joins Set-Cookie when it iterates", () => {
    const headers = new HttpHeaders({ "Set-Cookie": ["a=1, b", "c=2"], X: "y" });
    expect(headers.getSetCookie()).toEqual(["a=1, b", "c=2"]);
    expect([...headers]).toEqual([
      ["set-cookie", "a=1, b"],
      ["set-cookie", "c=2"],
      ["x", "y"],
    ]);
  });

  it("takes the platform's Headers, its own kind, pairs and records, and nothing else", () => {
    for (const init of [
      new Headers({ a: "b" }),
      new HttpHeaders({ a: "b" }),
      [["a", "b"]] as [string, string][],
      { a: "b" },
    ]) {
      expect(new HttpHeaders(init).get("a")).toBe("b");
    }
    expect(new HttpHeaders({ n: 5 }).get("n")).toBe("5");
    expect([...new HttpHeaders()]).toEqual([]);
    expect(new Headers([...new HttpHeaders({ a: "b" })]).get("a")).toBe("b");
    for (const wrong of ["a: b", 5, [["a"]], [["a", "b", "c"]], [1], [[1, "b"]]]) {
      expect(() => new HttpHeaders(wrong as never), String(wrong)).toThrow(
        expect.objectContaining({ code: "InvalidHeader" }),
      );
    }
  });

  it("takes off white space around a value, and no other", () => {
    expect(new HttpHeaders({ a: " \t b\tc \t" }).get("a")).toBe("b\tc");
  });

  it("refuses, as a TypeError with a code, names and values that the RFC does not allow", () => {
    const headers = new HttpHeaders();
    for (const name of ["", " a", "a ", "a:b", "a\n", "\u00e4", "a(b"]) {
      expect(() => headers.append(name, "x"), name).toThrow(TypeError);
      expect(() => headers.get(name), name).toThrow(expect.objectContaining({ code: "InvalidHeader" }));
    }
    for (const value of ["a\r", "\na", "a\r\nb: c", "a\0", "\u007f", "\u0100"]) {
      expect(() => headers.set("a", value), JSON.stringify(value)).toThrow(
        expect.objectContaining({ code: "InvalidHeader" }),
      );
    }
    expect([...headers]).toEqual([]);
  });

  it("joins the lines of Cookie as one Cookie is written", () => {
    const headers = new HttpHeaders([
      ["Cookie", "a=1"],
      ["cookie", "b=2"],
    ]);
    expect([headers.get("COOKIE"), [...headers]]).toEqual(["a=1; b=2", [["cookie", "a=1; b=2"]]]);
  });

  it("reads lines that arrived in place, and makes them its own before a change", () => {
    const headers = received(["Host", "a"], ["X", "1"], ["x", "2"]);
    expect(headers.get("x")).toBe("1, 2");
    expect(headers.getAll("X")).toEqual(["1", "2"]);
    const copy = new HttpHeaders(headers);
    headers.set("X", "3");
    expect([...headers.lines()]).toEqual([
      ["Host", "a"],
      ["X", "3"],
    ]);
    expect([headers.get("x"), headers.has("X"), headers.getAll("x")]).toEqual(["3", true, ["3"]]);
    expect(copy.get("x")).toBe("1, 2");
    expect(JSON.stringify(copy)).toBe('{"host":"a","x":"1, 2"}');
  });

  it("finds a name that arrived where it is all of one, not the end of another's or in a value", () => {
    const headers = received(
      ["X-Host", "a"],
      ["Y", "host: b"],
      ["Hos", "t: c"],
      ["Host", "\t d \t"],
      ["Z", " \t"],
    );
    expect(headers.getAll("host")).toEqual(["d"]);
    expect([headers.get("z"), headers.get("st"), headers.get("x-hos")]).toEqual(["", null, null]);
  });

  it("calls back for each with value, name and itself", () => {
    const headers = new HttpHeaders({ A: "1" });
    const calls: unknown[] = [];
    headers.forEach(function (this: unknown, ...args) {
      calls.push(this, ...args);
    }, "this");
    expect(calls).toEqual(["this", "1", "a", headers]);
  });

  it("does what the platform's Headers do, up to order", () => {
    const name = fc.constantFrom("a", "A", "b", "set-cookie", "Set-Cookie");
    // No empty values: Deno leaves them out where it joins.
    const value = fc.constantFrom("1", " 2 ", "x, y");
    const step = fc.tuple(fc.constantFrom("append", "set", "delete"), name, value);
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const ours = new HttpHeaders();
        const platforms = new Headers();
        for (const [method, key, text] of steps) {
          if (method === "delete") {
            ours.delete(key);
            platforms.delete(key);
          } else {
            ours[method as "set"](key, text);
            platforms[method as "set"](key, text);
          }
        }
        const sorted = [...ours].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
        expect(sorted).toEqual([...platforms]);
      }),
    );
  });
});
