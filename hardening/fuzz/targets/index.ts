import type { Target } from "../engine.ts";
import { chunked } from "./chunked.ts";
import { request } from "./request.ts";
import { response } from "./response.ts";
import { server } from "./server.ts";
import { websocket } from "./websocket.ts";
import { writing } from "./writer.ts";

/** Everything that is fuzzed, in the order in which it is. */
export const targets: readonly Target[] = [request, chunked, response, writing, websocket, server];
