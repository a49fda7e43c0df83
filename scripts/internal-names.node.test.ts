/** Holds that no name which the build shortens is one that somebody outside the package's inside reads or writes. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { root } from "./entries.mjs";
import { internalNames, shortNames } from "./internal-names.mjs";

/** Where they may stand. */
const inside =
  /^(?:http1|server|client|websocket|adapters\/(?:virtual|message-port|service-worker\/(?:page|worker)))\/[^/]*$/;
/** Modules there whose every interface is a public one. */
const open =
  /^(?:http1\/(?:headers|errors|limits|reason)|server\/(?:types|options|errors|fetch-handler|keep-set-cookie)|client\/(?:options|errors|fetch)|websocket\/(?:index|accept|client|connection|errors|options|types)|adapters\/virtual\/(?:options|conditions)|adapters\/message-port\/(?:protocol|channel|network))\.ts$/;
/** Public classes and interfaces of the other modules. */
const types = {
  HttpServer: "server/server.ts",
  VirtualNetwork: "adapters/virtual/network.ts",
  VirtualSocket: "adapters/virtual/socket.ts",
  RawRequestOptions: "client/raw-request.ts",
  RawAnswer: "client/raw-request.ts",
  RawResponse: "client/raw-responses.ts",
};

const words = (text: string) => new Set(text.match(/[\w$]+/g));
const withoutComments = (text: string) =>
  text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(?<=^|\s)\/\/.*$/gm, "");
const sources = readdirSync(`${root}src`, { recursive: true, encoding: "utf8" })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => file.endsWith(".ts") && !/(?:test|fixture)\.ts$|^testing\//.test(file))
  .map((file) => ({ file, code: withoutComments(readFileSync(`${root}src/${file}`, "utf8")) }));
const found = (names: ReadonlySet<string>) => internalNames.filter((name) => names.has(name));

describe("names that are short in dist", () => {
  test("are each used, and each have a short one of their own", () => {
    const used = words(sources.map(({ code }) => code).join(" "));
    expect(internalNames.filter((name) => !used.has(name))).toEqual([]);
    expect(new Set(Object.values(shortNames.mangleCache)).size).toBe(internalNames.length);
  });

  test("stand where only the package reads them", () => {
    const elsewhere = sources.filter(({ file }) => !inside.test(file) || open.test(file));
    expect(
      elsewhere.map(({ file, code }) => [file, ...found(words(code))]).filter((hit) => hit.length > 1),
    ).toEqual([]);
  });

  test("are no member of a public class or interface", () => {
    for (const [name, file] of Object.entries(types)) {
      const source = ts.createSourceFile(
        file,
        readFileSync(`${root}src/${file}`, "utf8"),
        ts.ScriptTarget.Latest,
      );
      const declared = source.statements
        .filter((each) => ts.isClassDeclaration(each) || ts.isInterfaceDeclaration(each))
        .find((each) => each.name?.text === name);
      const members = [...(declared?.members ?? [])].flatMap((member) =>
        member.name && ts.isIdentifier(member.name) && !isProtected(member) ? [member.name.text] : [],
      );
      expect(members.length, name).toBeGreaterThan(2);
      expect(found(new Set(members)), name).toEqual([]);
    }
  });

  test("are never text, which the build would leave as it is", () => {
    const quoted = sources
      .filter(({ file }) => inside.test(file))
      .flatMap(({ code }) => code.match(/"\w+"/g) ?? []);
    expect(found(new Set(quoted.map((text) => text.slice(1, -1))))).toEqual([]);
  });

  test("are none of a platform's properties", () => {
    const libraries = dirname(fileURLToPath(import.meta.resolve("typescript")));
    const declarations = readdirSync(libraries).filter((file) => /^lib\..*\.d\.ts$/.test(file));
    const texts = declarations.map((file) => withoutComments(readFileSync(`${libraries}/${file}`, "utf8")));
    const members = texts.join("\n").matchAll(/^ +(?:readonly |get |set )?(\w+)\??[:(<]/gm);
    expect(found(new Set(Array.from(members, ([, name]) => name ?? "")))).toEqual([]);
  });
});

function isProtected(member: ts.ClassElement | ts.TypeElement): boolean {
  return (
    ts.canHaveModifiers(member) &&
    !!ts.getModifiers(member)?.some(({ kind }) => kind === ts.SyntaxKind.ProtectedKeyword)
  );
}
