import type { Target } from "../engine.ts";
import { latin1 } from "../mutate.ts";
import { chunkedSeeds, octets, requestWords } from "../seeds.ts";
import { checkRequests } from "./request.ts";

const HEAD = latin1("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");

/** Chunked bodies, with the invariants of requests; the head is always the same. */
export const chunked: Target = {
  name: "chunked",
  seeds: octets(chunkedSeeds),
  dictionary: requestWords,
  run(input) {
    const message = new Uint8Array(HEAD.length + input.length);
    message.set(HEAD);
    message.set(input, HEAD.length);
    checkRequests(message);
  },
};
