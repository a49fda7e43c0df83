import { reasonPhrase } from "../http1/reason.ts";

/** `http.METHODS`: the methods that Node's parser knows. Portico takes any token. */
export const METHODS: readonly string[] = Object.freeze(
  (
    "ACL BIND CHECKOUT CONNECT COPY DELETE GET HEAD LINK LOCK M-SEARCH MERGE MKACTIVITY MKCALENDAR MKCOL MOVE " +
    "NOTIFY OPTIONS PATCH POST PROPFIND PROPPATCH PURGE PUT QUERY REBIND REPORT SEARCH SOURCE SUBSCRIBE TRACE " +
    "UNBIND UNLINK UNLOCK UNSUBSCRIBE"
  ).split(" "),
);

/** Where Node says another phrase than RFC 9110, or knows a code that is not registered. */
const NODES_OWN = {
  413: "Payload Too Large",
  418: "I'm a Teapot",
  422: "Unprocessable Entity",
  509: "Bandwidth Limit Exceeded",
  510: "Not Extended",
};

/** `http.STATUS_CODES`: codes and phrases. */
export const STATUS_CODES: Readonly<Record<string, string>> = Object.freeze({
  ...Object.fromEntries(
    Array.from({ length: 500 }, (_, i) => [String(100 + i), reasonPhrase(100 + i)]).filter(
      ([, phrase]) => phrase !== "",
    ),
  ),
  ...NODES_OWN,
});
