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

/** Whether the stream of a `Response` that was made of a text says at once that it has ended. Firefox waits a task. */
export const textsEndAtOnce = !/Firefox/.test(globalThis.navigator?.userAgent ?? "");

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

function formWithFile(): FormData {
  const form = new FormData();
  form.set("file", new File(["content"], "file.txt"));
  return form;
}
