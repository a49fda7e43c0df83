import { describe, expect, it } from "vitest";
import { formatHttpDate, parseHttpDate } from "./date.ts";

const EXAMPLE = 784111777000; // the moment that RFC 9110 section 5.6.7 uses

describe("formatHttpDate", () => {
  it("writes IMF-fixdate (checklist 66)", () => {
    expect(formatHttpDate(EXAMPLE)).toBe("Sun, 06 Nov 1994 08:49:37 GMT");
    expect(formatHttpDate(0)).toBe("Thu, 01 Jan 1970 00:00:00 GMT");
    expect(formatHttpDate(Date.UTC(2028, 1, 29, 23, 59, 59, 999))).toBe("Tue, 29 Feb 2028 23:59:59 GMT");
  });

  it("agrees with the platform's own writing at every scale", () => {
    for (let ms = -62167219200000; ms < 253402300800000; ms += 7_654_321_987_654) {
      expect(formatHttpDate(ms)).toBe(new Date(ms).toUTCString());
    }
  });

  it("refuses what four digits of a year can't say", () => {
    expect(() => formatHttpDate(Date.UTC(10000, 0))).toThrow(RangeError);
    expect(() => formatHttpDate(Number.NaN)).toThrow(RangeError);
  });
});

describe("parseHttpDate", () => {
  it.each([
    ["IMF-fixdate", "Sun, 06 Nov 1994 08:49:37 GMT"],
    ["rfc850-date", "Sunday, 06-Nov-94 08:49:37 GMT"],
    ["asctime-date", "Sun Nov  6 08:49:37 1994"],
  ])("reads %s", (_name, text) => {
    expect(parseHttpDate(text, Date.UTC(2026, 0))).toBe(EXAMPLE);
  });

  it("reads two digits of a day in asctime-date", () => {
    expect(parseHttpDate("Wed Nov 16 08:49:37 1994")).toBe(Date.UTC(1994, 10, 16, 8, 49, 37));
  });

  it("takes a two-digit year from the past when it would be more than 50 years ahead", () => {
    const now = Date.UTC(2026, 5, 15, 12, 0, 0);
    expect(parseHttpDate("Monday, 15-Jun-76 12:00:00 GMT", now)).toBe(Date.UTC(2076, 5, 15, 12));
    expect(parseHttpDate("Monday, 15-Jun-76 12:00:01 GMT", now)).toBe(Date.UTC(1976, 5, 15, 12, 0, 1));
    expect(parseHttpDate("Monday, 15-Jun-27 12:00:00 GMT", now)).toBe(Date.UTC(2027, 5, 15, 12));
  });

  it("keeps years below 100 as they are written", () => {
    expect(parseHttpDate("Sat, 01 Jan 0050 00:00:00 GMT")).toBe(new Date("0050-01-01T00:00:00Z").getTime());
  });

  it("takes a leap second for the second after it", () => {
    expect(parseHttpDate("Sat, 31 Dec 2016 23:59:60 GMT")).toBe(Date.UTC(2017, 0, 1));
  });

  it.each([
    "",
    "0",
    "1994-11-06T08:49:37Z",
    "Sun, 06 Nov 1994 08:49:37",
    "Sun, 06 Nov 1994 08:49:37 UTC",
    "Sun, 06 Nov 1994 08:49:37 +0000",
    "sun, 06 nov 1994 08:49:37 gmt",
    "Sun, 6 Nov 1994 08:49:37 GMT",
    "Sun,  06 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 94 08:49:37 GMT",
    "Sun, 31 Nov 1994 08:49:37 GMT",
    "Sun, 00 Nov 1994 08:49:37 GMT",
    "Tue, 29 Feb 2023 08:49:37 GMT",
    "Sun, 06 Nov 1994 24:00:00 GMT",
    "Sun, 06 Nov 1994 08:60:37 GMT",
    "Sun, 06 Nov 1994 08:49:61 GMT",
    "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
    "Sun Nov 6 08:49:37 1994",
  ])("takes %j for no date", (text) => {
    expect(parseHttpDate(text)).toBeUndefined();
  });

  it("reads what formatHttpDate writes", () => {
    for (let ms = 0; ms < 4e12; ms += 98_765_432_000) expect(parseHttpDate(formatHttpDate(ms))).toBe(ms);
  });
});
