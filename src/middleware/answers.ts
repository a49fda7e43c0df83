import type { HttpRequest } from "../server/types.ts";

/** The ways to answer a request, which is what wrappers around a callback step in at. */
export type Answers = Pick<HttpRequest, "respond" | "sendHeaders" | "upgrade">;

/** The same request, answered in other ways. Wrappers nest: the request may be one that this function made. */
export function withAnswers(request: HttpRequest, answers: Partial<Answers>): HttpRequest {
  return new Proxy(request, {
    get(target, key) {
      if (Object.hasOwn(answers, key)) return Reflect.get(answers, key);
      // On the request itself, which has private fields.
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
