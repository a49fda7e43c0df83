import type { HttpRequest } from "../types.ts";
import type { KnownResponse } from "./response.ts";

/**
 * What `fetchHandler` knows of the light classes: nothing, until somebody puts them in place. So a program that
 * does without them does not carry them.
 */
export interface LightFetch {
  /** The class that is `globalThis.Request` while requests may be light. */
  readonly Request: typeof Request;
  requestOf(request: HttpRequest): Request;
  take(response: object): KnownResponse | undefined;
}

let installed: LightFetch | undefined;

export function setLightFetch(light: LightFetch): void {
  installed = light;
}

export function lightFetch(): LightFetch | undefined {
  return installed;
}
