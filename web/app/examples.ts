/** The examples of the repository, as programs. */
import catalogue from "../../examples/catalogue.json";
import { EMPTY_DRAFT, type RequestDraft } from "../http/draft.ts";
import type { Program } from "./program.ts";
import { CALM } from "./settings.ts";

interface Entry {
  readonly name: string;
  readonly title: string;
  readonly requests: readonly ExampleRequest[];
}

export interface ExampleRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const sources = import.meta.glob<string>("../../examples/*.ts", {
  query: "?raw",
  import: "default",
  eager: true,
});

export interface Example {
  readonly name: string;
  readonly title: string;
  readonly code: string;
  readonly requests: readonly ExampleRequest[];
}

export const examples: readonly Example[] = (catalogue as readonly Entry[]).flatMap(
  ({ name, title, requests }) => {
    const code = sources[`../../examples/${name}.ts`];
    return code === undefined ? [] : [{ name, title, requests, code }];
  },
);

export function exampleNamed(name: string | undefined): Example | undefined {
  return examples.find((example) => example.name === name);
}

export function programOf({ name, code, requests: [first] }: Example): Program {
  return { example: name, code, request: first ? draftOf(first) : EMPTY_DRAFT, settings: CALM };
}

export function draftOf({ method, path, body = "", headers = {} }: ExampleRequest): RequestDraft {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return { ...EMPTY_DRAFT, method, path, body, headers: lines.join("\n") };
}
