import { readdir, readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import catalogue from "../catalogue.json" with { type: "json" };
import { exampleSuite } from "./suite.ts";

describe("the examples, called by Node's fetch over TCP", () => {
  exampleSuite(fetch);
});

describe("the examples' sources", async () => {
  const folder = new URL("../", import.meta.url);
  const names = (await readdir(folder)).filter((name) => name.endsWith(".ts"));

  test("stand in the catalogue, all of them", () => {
    expect(catalogue.map(({ name }) => `${name}.ts`).sort()).toEqual(names.sort());
  });

  test.each(names)("%s has at most 60 lines and imports Portico alone", async (name) => {
    const text = await readFile(new URL(name, folder), "utf8");
    expect(text.trimEnd().split("\n").length).toBeLessThanOrEqual(60);
    const imported = [...text.matchAll(/from "([^"]+)"/g)].map(([, specifier]) => specifier);
    expect(imported.filter((each) => each !== "portico" && each !== "portico/static")).toEqual([]);
  });
});
