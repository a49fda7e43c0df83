/** What this platform can do that others can not, for tests that need it. */

const streamed: RequestInit & { duplex: "half" } = {
  method: "POST",
  body: new ReadableStream(),
  duplex: "half",
};

/** Whether it takes a stream as its body. Firefox takes it for a text. */
export const requestsTakeStreams = !new Request("http://a/", streamed).headers.has("content-type");

/** Whether it says what its body is. In Firefox it has no `body`. */
export const requestsHaveBodies = "body" in Request.prototype;

/** For what can't be told from what the platform does. */
const isFirefox = /Firefox/.test(globalThis.navigator?.userAgent ?? "");

/** Whether the stream of a `Response` that was made of a text says at once that it has ended. Firefox waits a task. */
export const textsEndAtOnce = !isFirefox;

/** Whether a locked body stays unused when a form is wanted of it. Firefox takes it to be used. */
export const formsLeaveLockedBodies = !isFirefox;

/**
 * Whether a body whose stream was asked for stays locked when it was then read as a whole, as Fetch has it ("fully read").
 * In WebKit only what was made of a stream does.
 */
export const readBodiesStayLocked = await bodyStaysLocked();

/** Safari has no byte streams. */
export const hasByteStreams = (() => {
  try {
    return new ReadableStream({ type: "bytes" }) instanceof ReadableStream;
  } catch {
    return false;
  }
})();

/** WebKitGTK can't read a form with a file in it: `InvalidStateError`. */
export const readsFormsWithFiles = await new Response(formWithFile()).text().then(
  () => true,
  () => false,
);

async function bodyStaysLocked(): Promise<boolean> {
  const response = new Response("text");
  const stream = response.body;
  await response.text();
  return stream?.locked === true;
}

function formWithFile(): FormData {
  const form = new FormData();
  form.set("file", new File(["content"], "file.txt"));
  return form;
}
