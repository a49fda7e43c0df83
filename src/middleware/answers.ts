import type { HttpHeaders } from "../http1/headers.ts";
import { quiet } from "../server/outgoing-body.ts";
import type { HttpRequest, RequestCallback } from "../server/types.ts";

/** The ways to answer a request, which is what wrappers around a callback step in at. */
export type Answers = Pick<HttpRequest, "respond" | "sendHeaders" | "upgrade">;

/**
 * Calls back with the same request, answered in other ways, and waits for what the callback answered without waiting:
 * the server's own answers are on their way at once, those of a wrapper may not be. One that fails ends the process as
 * little as the server's own does. Wrappers nest: the request may be one that this function made.
 *
 * @param headers what the callback sees of the request's, where that is something else
 */
export async function callWithAnswers(
  callback: RequestCallback,
  request: HttpRequest,
  answers: Partial<Answers>,
  headers?: HttpHeaders,
): Promise<void> {
  const unawaited: Promise<unknown>[] = [];
  const wrapped = new Proxy(request, {
    get(target, key) {
      if (Object.hasOwn(answers, key)) {
        return (...args: unknown[]) => {
          const answer: Promise<unknown> = Reflect.apply(Reflect.get(answers, key), answers, args);
          quiet(answer);
          unawaited.push(answer);
          return answer;
        };
      }
      if (key === "headers" && headers) return headers;
      // On the request itself, which has private fields.
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  await callback(wrapped);
  await Promise.allSettled(unawaited);
}
