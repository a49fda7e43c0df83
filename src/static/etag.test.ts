import { describe, expect, it } from "vitest";
import fc from "../testing/fast-check.ts";
import { hashTag, parseEntityTag, parseEntityTags, withCoding } from "./etag.ts";

describe("entity-tags", () => {
  it("reads lists with every kind of spacing", () => {
    expect(parseEntityTags('"a",W/"b" ,\t"" , ,"c d"')).toEqual([
      { weak: false, opaque: "a" },
      { weak: true, opaque: "b" },
      { weak: false, opaque: "" },
    ]); // a space is no etagc: the list ends there
  });

  it.each(["a", '"a', 'a"', '"a" b', '"a","b"', 'w/"a"', 'W/ "a"', ""])(
    "takes %j for no single tag",
    (text) => {
      expect(parseEntityTag(text)).toBeUndefined();
    },
  );

  it("marks an encoded variant", () => {
    expect(withCoding('W/"1-2"', "br")).toBe('W/"1-2-br"');
  });

  it("survives any text", () => {
    fc.assert(fc.property(fc.string(), (text) => void parseEntityTags(text)));
  });
});

describe("hashTag", () => {
  it("is strong, well-formed and the same for the same bytes", () => {
    const tag = hashTag(new Uint8Array([1, 2, 3]));
    expect(parseEntityTag(tag)).toMatchObject({ weak: false });
    expect(hashTag(new Uint8Array([1, 2, 3]))).toBe(tag);
    // A client that comes back has a tag of an earlier version.
    expect(tag).toBe('"3-56cf37ab0930ab6d"');
  });

  it("tells thousands of small files apart", () => {
    const tags = new Set<string>();
    for (let i = 0; i < 65536; i++) tags.add(hashTag(new Uint8Array([i >> 8, i & 255, 0, 0])));
    expect(tags.size).toBe(65536);
  });
});
