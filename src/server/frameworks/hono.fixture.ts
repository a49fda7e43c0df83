import { Hono } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { HTTPException } from "hono/http-exception";
import { stream, streamSSE } from "hono/streaming";
import { exampleOf } from "./suite.fixture.ts";

const app = new Hono();
app.use(async (context, next) => {
  await next();
  context.header("X-Seen", context.req.path);
});
app.get("/", (context) => context.text("Hello Hono!"));
app.get("/users/:id", (context) =>
  context.json({ id: context.req.param("id"), page: context.req.query("page") }),
);
app.post("/json", async (context) => context.json({ got: await context.req.json() }, 201));
app.post("/form", async (context) => context.text(String((await context.req.parseBody()).message)));
app.get("/stream", (context) =>
  stream(context, async (out) => {
    for (const word of ["one ", "two ", "three"]) {
      await out.write(word);
      await out.sleep(1);
    }
  }),
);
app.get("/events", (context) =>
  streamSSE(context, async (out) => {
    for (const id of ["0", "1"]) await out.writeSSE({ data: "tick", event: "time", id });
  }),
);
app.post("/echo", (context) => context.body(context.req.raw.body ?? ""));
app.get("/cookie", (context) => {
  const before = getCookie(context, "a");
  setCookie(context, "b", "2", { path: "/", httpOnly: true });
  deleteCookie(context, "a");
  return context.text(String(before));
});
app.get("/old", (context) => context.redirect("/"));
app.get("/refused", () => {
  throw new HTTPException(401, { message: "no entry" });
});
app.get("/broken", () => {
  throw new Error("broken");
});
app.notFound((context) => context.text("Custom 404 Message", 404));
app.onError((error, context) =>
  error instanceof HTTPException ? error.getResponse() : context.text("Custom Error Message", 500),
);

export const hono = exampleOf("Hono", app.fetch, {
  hello: "Hello Hono!",
  refused: { status: 401, text: "no entry" },
  broken: { status: 500, text: "Custom Error Message", reported: 0 },
  missing: { status: 404, text: "Custom 404 Message" },
});
