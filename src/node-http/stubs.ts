import { missing } from "./errors.ts";

const INSTEAD = "use createFetch from portico/client";

/** @throws NodeHttpError: there is no client here */
export function request(): never {
  throw missing("http.request()", INSTEAD);
}

/** @throws NodeHttpError: there is no client here */
export function get(): never {
  throw missing("http.get()", INSTEAD);
}

/** Can be extended, not made. */
export class Agent {
  constructor() {
    throw missing("http.Agent", INSTEAD);
  }
}

/** Can be extended, not made. */
export class ClientRequest {
  constructor() {
    throw missing("http.ClientRequest", INSTEAD);
  }
}

/** Every use of it throws an error that names it. */
export const globalAgent: object = absent("http.globalAgent");

export function setMaxIdleHTTPParsers(): void {}

/** An object that has nothing, and says so. */
function absent(name: string): object {
  return new Proxy(
    {},
    {
      get(_, key) {
        if (typeof key === "symbol" || key === "then") return undefined;
        throw missing(`${name}.${key}`, INSTEAD);
      },
    },
  );
}

/** A module's default export: a name that is not there throws an error that names it. */
export function named<T extends object>(module: string, members: T): T {
  return new Proxy(members, {
    get(target, key, receiver) {
      // What loaders and `await` ask of any object is no use of the module.
      if (
        key in target ||
        typeof key === "symbol" ||
        key === "then" ||
        key === "__esModule" ||
        key === "default"
      ) {
        return Reflect.get(target, key, receiver);
      }
      throw missing(`${module}.${key}`);
    },
  });
}
