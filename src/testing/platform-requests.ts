/** What this platform's `Request` can do, for tests that need it. */

const streamed: RequestInit & { duplex: "half" } = {
  method: "POST",
  body: new ReadableStream(),
  duplex: "half",
};

/** Whether it takes a stream as its body. Firefox takes it for a text. */
export const requestsTakeStreams = !new Request("http://a/", streamed).headers.has("content-type");

/** Whether it says what its body is. In Firefox it has no `body`. */
export const requestsHaveBodies = "body" in Request.prototype;
