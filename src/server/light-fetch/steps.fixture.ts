/** Steps that a program may take with a `Request` or `Response`, drawn at random, and what came of each. */
import fc from "fast-check";
import { formsLeaveLockedBodies, hasByteStreams, readBodiesStayLocked } from "../../testing/platform.ts";

/** Both have these. */
type Message = Request | Response;

export type Step =
  | { readonly do: "get" | "has" | "delete"; readonly name: string }
  | { readonly do: "set" | "append"; readonly name: string; readonly value: string }
  | {
      readonly do:
        | "fields"
        | "forEach"
        | "cookies"
        | "state"
        | "clone"
        | "wrap"
        | "stream"
        | "cancel"
        | "lock";
    }
  | { readonly do: "text" | "json" | "arrayBuffer" | "blob" | "formData" };

/** Names, most of which are ones. */
export const names = fc.oneof(
  fc.constantFrom("X-A", "x-a", "Content-Type", "content-type", "Vary", "Set-Cookie", "ETag"),
  fc.constantFrom("", "a b", "ä", "x:"),
);

export const values = fc.oneof(
  fc.constantFrom("a", "text/html", "a=1; Path=/", " a\t", "é", "application/x-www-form-urlencoded"),
  fc.constantFrom("a\r\nb", "\x7f", "\u{1f300}", "\r\na"),
);

/** Bun's own classes are apart: locked is used there, a form that fails locks, and a blob may lack its type. */
export const ofBun = "Bun" in globalThis;
const astray = ofBun
  ? []
  : formsLeaveLockedBodies
    ? (["lock", "formData", "blob"] as const)
    : (["formData", "blob"] as const);

export const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    fc.record({ do: fc.constantFrom("get", "has", "delete"), name: names }),
    fc.record({ do: fc.constantFrom("set", "append"), name: names, value: values }),
    fc.record({
      do: fc.constantFrom(
        "fields",
        "forEach",
        "cookies",
        "state",
        "clone",
        "wrap",
        "stream",
        "cancel",
        ...astray,
      ),
    }),
    fc.record({ do: fc.constantFrom("text", "json", "arrayBuffer") }),
  ),
  { maxLength: 6 },
) as fc.Arbitrary<readonly Step[]>;

/** Takes the steps one after the other. @returns what each gave or threw, and what the message was like at the end */
export async function take<M extends Message>(
  message: M,
  taken: readonly Step[],
  wrap: (message: M) => M,
): Promise<unknown[]> {
  // Not looked at before the first step: to ask for a body may make the platform's own.
  const came: unknown[] = [];
  let current = message;
  for (const step of taken) {
    came.push(
      await outcome(async () => {
        if (step.do !== "wrap") return one(current, step);
        current = wrap(current);
        return state(current);
      }),
    );
  }
  came.push(state(current), [...current.headers], await outcome(() => current.text()));
  return came;
}

/** What a call gave, or the error that it threw, without where a browser says that it came from. */
export async function outcome(call: () => unknown): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    const { name, message } = error as Error;
    // Bun's parser of JSON says one thing or another, and so does Safari's.
    if ((ofBun || !hasByteStreams) && name === "SyntaxError") return name;
    // Safari says of a body that was read that it is one or the other.
    const said = message.replace(/^Input body is (locked|disturbed)/, "Input body is used");
    return `${name}: ${said.replace(/^Failed to (execute|construct) .*?: /, "")}`;
  }
}

/** What comes of them depends on whether a body is locked. */
const ofStreams = new Set<string>(["stream", "cancel", "lock"]);

async function one(message: Message, step: Step): Promise<unknown> {
  const { headers } = message;
  if (!readBodiesStayLocked && message.bodyUsed && ofStreams.has(step.do)) return undefined;
  switch (step.do) {
    case "get":
    case "has":
    case "delete":
      return headers[step.do](step.name);
    case "set":
    case "append":
      return headers[step.do](step.name, step.value);
    case "fields":
      return [...headers];
    case "forEach":
      return each(headers);
    case "cookies":
      return headers.getSetCookie();
    case "state":
      return state(message);
    case "clone":
      return [state(message.clone()), await message.clone().text()];
    case "stream":
      return message.body === null ? null : [await read(message.body), state(message)];
    case "cancel":
      return message.body?.cancel();
    case "lock":
      return message.body?.getReader() !== undefined;
    case "blob":
      return text(await message.blob());
    case "formData":
      return [...(await message.formData())];
    case "arrayBuffer":
      return [...new Uint8Array(await message.arrayBuffer())];
    case "text":
    case "json":
      return message[step.do]();
    case "wrap":
      return undefined;
  }
}

function each(headers: Headers): unknown[] {
  const all: unknown[] = [];
  headers.forEach(function (this: unknown, ...[value, name, from]) {
    all.push([value, name, from === headers, this === all]);
  }, all);
  return all;
}

async function text(blob: Blob): Promise<unknown> {
  return [blob.type, await blob.text()];
}

async function read(stream: ReadableStream<Uint8Array>): Promise<number[]> {
  const bytes: number[] = [];
  for (const reader = stream.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return bytes;
    bytes.push(...value);
  }
}

function state(message: Message): unknown {
  const { bodyUsed, body } = message;
  const locked = bodyUsed && !readBodiesStayLocked ? undefined : body?.locked;
  const both = { bodyUsed, bodied: body !== null, locked };
  if (!("status" in message)) {
    const { method, url, signal } = message;
    return { ...both, method, url, aborted: signal.aborted };
  }
  const { status, statusText, ok, type, url, redirected } = message;
  return { ...both, status, statusText, ok, type, url, redirected };
}
