/**
 * Programs in links: `#v1.` and the program as JSON, deflated, in base64url. A later version gets a number of its
 * own, and this one stays readable. `#example=NAME` names an example.
 */
import { LINK_PREFIX, packProgram } from "../../src/embed/pack.ts";
import { isTooLarge, MAX_TEXT, type Program, readProgram } from "./program.ts";

/** Bytes that a link unpacks to: a small one could hold a huge text. */
const MAX_UNPACKED = 4_000_000;
const TOO_LARGE = `it holds too much, a program may have ${MAX_TEXT.toLocaleString("en")} characters`;

export type Opened =
  | { readonly type: "none" }
  | { readonly type: "program"; readonly program: Program }
  | { readonly type: "example"; readonly name: string }
  | { readonly type: "broken"; readonly reason: string };

export async function hashOf(program: Program): Promise<string> {
  return `#${await packProgram(program)}`;
}

/** The hash of a link that opens with all of the program; `undefined` where none can, as it is too much. */
export async function linkTo(program: Program): Promise<string | undefined> {
  const hash = await hashOf(program);
  const opened = await openHash(hash);
  const textsOf = ({ code, request }: Program) => JSON.stringify([code, request]);
  return opened.type === "program" && textsOf(opened.program) === textsOf(program) ? hash : undefined;
}

/** What a location's hash holds. */
export async function openHash(hash: string): Promise<Opened> {
  const text = hash.replace(/^#/, "");
  if (text === "") return { type: "none" };
  if (text.startsWith("example=")) return { type: "example", name: decode(text.slice(8)) };
  const version = /^v(\d+)\./.exec(text)?.[1];
  if (version === undefined) return { type: "broken", reason: "it does not hold a program" };
  if (version !== "1")
    return { type: "broken", reason: `it is of version ${version}, which this page does not know` };
  try {
    const packed = fromBase64Url(text.slice(LINK_PREFIX.length));
    const bytes = await inflated(packed);
    if (!bytes) return { type: "broken", reason: TOO_LARGE };
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const program = readProgram(value);
    if (program) return { type: "program", program };
    return { type: "broken", reason: isTooLarge(value) ? TOO_LARGE : "what it holds is not a program" };
  } catch {
    return { type: "broken", reason: "it is damaged, or was cut off" };
  }
}

/** @returns `undefined` where it is more than a program has */
async function inflated(bytes: Uint8Array): Promise<Uint8Array | undefined> {
  const input = new Blob([bytes.slice()]).stream();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const reader = input.pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    length += read.value.length;
    if (length > MAX_UNPACKED) {
      await reader.cancel();
      return undefined;
    }
    parts.push(read.value);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

function fromBase64Url(text: string): Uint8Array {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) =>
    letter.charCodeAt(0),
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
