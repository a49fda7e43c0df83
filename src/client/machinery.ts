/** What a request takes beside its arguments: `fetch-later.ts` loads it. */
export { Client } from "./client.ts";
export { exchange } from "./exchange.ts";
