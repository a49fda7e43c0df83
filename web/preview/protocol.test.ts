import { expect, test } from "vitest";
import { readAsk } from "./protocol.ts";

const fetched = { type: "fetch", url: "http://localhost/", method: "GET", headers: [["Accept", "*/*"]] };

test("what has the right shape is taken, and nothing beside it", () => {
  expect(readAsk({ ...fetched, origin: "mine" })).toEqual({ ...fetched, body: undefined });
  expect(readAsk({ type: "websocket", url: "ws://localhost/", protocols: ["chat"] })).toEqual({
    type: "websocket",
    url: "ws://localhost/",
    protocols: ["chat"],
  });
  for (const other of [undefined, null, 7, "fetch", {}, { ...fetched, url: 1 }, { ...fetched, type: "eval" }])
    expect(readAsk(other)).toBeUndefined();
});

test("a list of four billion holes is not walked: the playground would stand still for minutes", () => {
  const holes = Object.assign([], { length: 2 ** 32 - 1 });
  expect(readAsk({ ...fetched, headers: holes })).toBeUndefined();
  expect(readAsk({ type: "websocket", url: "ws://localhost/", protocols: holes })).toBeUndefined();
});
