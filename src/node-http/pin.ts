import { IncomingMessage } from "./incoming-message.ts";
import { ServerResponse } from "./server-response.ts";

type Descriptors = Record<string | symbol, PropertyDescriptor>;

/**
 * Frameworks put the prototype of each request and response under one of their own, whose parent is the class
 * of `node:http` that they imported (Express does). Behind a bundler alias that is ours. On Node it is Node's,
 * whose methods know nothing of our objects: so there each object gets its methods as properties of its own.
 */
export function pin(message: IncomingMessage, response: ServerResponse): void {
  OWN_MESSAGE ??= membersOf(IncomingMessage.prototype);
  OWN_RESPONSE ??= membersOf(ServerResponse.prototype);
  Object.defineProperties(message, OWN_MESSAGE);
  Object.defineProperties(response, OWN_RESPONSE);
}

let OWN_MESSAGE: Descriptors | undefined;
let OWN_RESPONSE: Descriptors | undefined;

/** Every method and accessor from the class up to the emitter. */
function membersOf(prototype: object): Descriptors {
  const members: Descriptors = {};
  for (let at: object | null = prototype; at !== null && at !== Object.prototype; ) {
    const own: Descriptors = Object.getOwnPropertyDescriptors(at);
    for (const key of Reflect.ownKeys(own)) {
      const descriptor = own[key];
      if (key === "constructor" || key in members || descriptor === undefined) continue;
      // Data that the streams keep on the object itself has only its default up here.
      if (typeof descriptor.value === "function" || descriptor.get !== undefined) {
        members[key] = { ...descriptor, enumerable: false, configurable: true };
      }
    }
    at = Object.getPrototypeOf(at);
  }
  return members;
}
