import { describe, expect, it } from "vitest";
import { formatHttpDate } from "../http1/date.ts";
import { HttpHeaders } from "../http1/headers.ts";
import { parseEntityTag } from "./etag.ts";
import { evaluatePreconditions, rangeApplies } from "./preconditions.ts";

const MODIFIED = 784111777000;
const SAME = formatHttpDate(MODIFIED);
const BEFORE = formatHttpDate(MODIFIED - 1000);
const AFTER = formatHttpDate(MODIFIED + 1000);

const verdict = (headers: Record<string, string>, method = "GET", etag: string | null = '"v1"'): string =>
  evaluatePreconditions(method, new HttpHeaders(headers), {
    etag: etag === null ? undefined : parseEntityTag(etag),
    modified: MODIFIED,
  });

describe("If-Match (step 1, checklist 46)", () => {
  it.each([
    ['"v1"', '"v1"', "perform"],
    ['"v0", "v1"', '"v1"', "perform"],
    ["*", '"v1"', "perform"],
    ['"v0"', '"v1"', "failed"],
    ['W/"v1"', '"v1"', "failed"], // strong comparison
    ['W/"v1"', 'W/"v1"', "failed"],
    ['"v1"', 'W/"v1"', "failed"],
    ["v1", '"v1"', "failed"],
    ["", '"v1"', "failed"],
  ])("%s against %s: %s", (field, etag, expected) => {
    expect(verdict({ "If-Match": field }, "GET", etag)).toBe(expected);
  });

  it("is false where there is no entity-tag, unless it is *", () => {
    expect(verdict({ "If-Match": '"v1"' }, "GET", null)).toBe("failed");
    expect(verdict({ "If-Match": "*" }, "GET", null)).toBe("perform");
  });

  it("switches If-Unmodified-Since off, in both outcomes", () => {
    expect(verdict({ "If-Match": '"v1"', "If-Unmodified-Since": BEFORE })).toBe("perform");
    expect(verdict({ "If-Match": '"v0"', "If-Unmodified-Since": AFTER })).toBe("failed");
  });
});

describe("If-Unmodified-Since (step 2)", () => {
  it.each([
    [BEFORE, "failed"],
    [SAME, "perform"],
    [AFTER, "perform"],
    ["yesterday", "perform"],
    [`${BEFORE}, ${BEFORE}`, "perform"],
  ])("%s: %s", (field, expected) => {
    expect(verdict({ "If-Unmodified-Since": field })).toBe(expected);
  });
});

describe("If-None-Match (step 3, checklist 46)", () => {
  it.each([
    ['"v1"', '"v1"', "not-modified"],
    ['W/"v1"', '"v1"', "not-modified"], // weak comparison
    ['"v1"', 'W/"v1"', "not-modified"],
    ['"v0" , W/"v1"', '"v1"', "not-modified"],
    [', ,"v1"', '"v1"', "not-modified"],
    ["*", '"v1"', "not-modified"],
    ['"v0"', '"v1"', "perform"],
    ["v1", '"v1"', "perform"],
    ['"v0,v1"', '"v1"', "perform"],
    ['"a,b"', '"a,b"', "not-modified"], // a comma is part of the tag
    ['w/"v1"', '"v1"', "perform"], // "W" is case-sensitive
  ])("%s against %s: %s", (field, etag, expected) => {
    expect(verdict({ "If-None-Match": field }, "GET", etag)).toBe(expected);
    expect(verdict({ "If-None-Match": field }, "HEAD", etag)).toBe(expected);
  });

  it("fails other methods with 412 instead of 304", () => {
    expect(verdict({ "If-None-Match": "*" }, "PUT")).toBe("failed");
  });

  it("switches If-Modified-Since off, in both outcomes", () => {
    expect(verdict({ "If-None-Match": '"v0"', "If-Modified-Since": SAME })).toBe("perform");
    expect(verdict({ "If-None-Match": '"v1"', "If-Modified-Since": BEFORE })).toBe("not-modified");
  });

  it("comes after If-Match and If-Unmodified-Since (checklist 45)", () => {
    expect(verdict({ "If-Match": '"v0"', "If-None-Match": '"v1"' })).toBe("failed");
    expect(verdict({ "If-Unmodified-Since": BEFORE, "If-None-Match": '"v1"' })).toBe("failed");
    expect(verdict({ "If-Match": '"v1"', "If-None-Match": '"v1"' })).toBe("not-modified");
  });
});

describe("If-Modified-Since (step 4, checklist 44)", () => {
  it.each([
    [BEFORE, "perform"],
    [SAME, "not-modified"],
    [AFTER, "not-modified"],
    ["Sunday, 06-Nov-94 08:49:37 GMT", "not-modified"],
    ["Sun Nov  6 08:49:37 1994", "not-modified"],
    ["1994-11-06T08:49:37Z", "perform"],
    [`${SAME}, ${SAME}`, "perform"],
  ])("%s: %s", (field, expected) => {
    expect(verdict({ "If-Modified-Since": field })).toBe(expected);
  });

  it("counts for GET and HEAD only", () => {
    expect(verdict({ "If-Modified-Since": SAME }, "HEAD")).toBe("not-modified");
    expect(verdict({ "If-Modified-Since": SAME }, "POST")).toBe("perform");
  });
});

describe("If-Range (step 5)", () => {
  const applies = (field: string, etag: string): boolean =>
    rangeApplies(new HttpHeaders({ "If-Range": field }), { etag: parseEntityTag(etag), modified: MODIFIED });

  it.each([
    ['"v1"', '"v1"', true],
    ['"v0"', '"v1"', false],
    ['W/"v1"', 'W/"v1"', false],
    ['"v1"', 'W/"v1"', false],
    ['"v1", "v2"', '"v1"', false],
    [SAME, 'W/"v1"', true],
    [BEFORE, '"v1"', false],
    [AFTER, '"v1"', false],
    ["nonsense", '"v1"', false],
    ["*", '"v1"', false],
  ])("%s against %s: %s", (field, etag, expected) => {
    expect(applies(field, etag)).toBe(expected);
  });

  it("is true when it isn't there", () => {
    expect(rangeApplies(new HttpHeaders(), { etag: undefined, modified: undefined })).toBe(true);
  });
});
