/** Looks at one answer before it is timed: a wrong answer is quickly given. */

function expectEqual(got, wanted, what, url) {
  if (got !== wanted) throw new Error(`${url}: ${what} is ${got}, wanted ${wanted}`);
}

export async function saysHello(url) {
  const response = await fetch(url);
  expectEqual(response.status, 200, "status", url);
  expectEqual(await response.text(), "Hello World", "body", url);
}

export async function echoesJson(url) {
  const body = JSON.stringify({ text: "é".repeat(500) });
  const headers = { "Content-Type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body });
  expectEqual(response.status, 200, "status", url);
  expectEqual(await response.text(), body, "body", url);
}

/** An answer of that many bytes. */
export const sends = (length) => async (url) => {
  const response = await fetch(url);
  expectEqual(response.status, 200, "status", url);
  expectEqual((await response.arrayBuffer()).byteLength, length, "length", url);
};

/** A body of that many bytes is counted. */
export const takesUpload = (length) => async (url) => {
  const response = await fetch(url, { method: "POST", body: new Uint8Array(length) });
  expectEqual(await response.text(), String(length), "count", url);
};
