import { expect } from "vitest";
import { DEFAULT_LIMITS } from "../../http1/limits.ts";
import { ResponseReader } from "../../http1/response-reader.ts";
import type { WireClient } from "../wire-client.ts";

/** Whether a client would take what came for one whole answer: by its framing, or by an orderly end. */
export function isWhole(client: WireClient): boolean {
  const reader = new ResponseReader(DEFAULT_LIMITS);
  reader.feed(client.bytes.slice());
  if (reader.readHead("GET") === undefined) return false;
  for (;;) {
    const event = reader.readBody();
    if (event === "end") return true;
    if (event === "need-more") return client.state === "closed" && reader.finish();
  }
}

/** The bodies of whole responses, of which there is nothing else. */
export function responsesIn(text: string): string[] {
  const reader = new ResponseReader(DEFAULT_LIMITS);
  reader.feed(Uint8Array.from(text, (char) => char.charCodeAt(0)));
  const bodies: string[] = [];
  while (reader.readHead("GET") !== undefined) {
    let content = "";
    for (let event = reader.readBody(); event !== "end"; event = reader.readBody()) {
      if (event === "need-more") throw new Error("the last response is not whole");
      content += new TextDecoder("latin1").decode(event);
    }
    bodies.push(content);
  }
  expect(reader.buffered).toBe(0);
  return bodies;
}
