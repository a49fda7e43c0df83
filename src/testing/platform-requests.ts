/** What this platform's `Request` and `Response` can do, for tests that need it. */

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
