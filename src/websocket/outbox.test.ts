import { expect, it } from "vitest";
import { settled } from "../testing/turn.ts";
import { pair } from "../testing/websocket-pair.ts";

/** A blob whose bytes come when a test has them. */
function blobOf(bytes: Promise<ArrayBuffer>): Blob {
  return Object.assign(new Blob(["four"]), { arrayBuffer: () => bytes });
}

it("a blob that can't be read ends the connection in its turn, and nothing else before or after that", async () => {
  let come = (_: ArrayBuffer) => {};
  const { connection, frames, log } = await pair();
  connection.send(blobOf(new Promise((resolve) => (come = resolve))));
  // As of a file that was changed: known before the first one is. Unhandled, it would end a process.
  connection.send(blobOf(Promise.reject(new Error("changed"))));
  connection.send("behind");
  await settled();
  expect(log).toEqual(["open"]);
  come(new ArrayBuffer(4));
  await settled();
  expect(frames()).toEqual(["82:\0\0\0\0"]);
  expect(log).toEqual(["open", "error Error: changed", 'close 1006 "" unclean']);
});
