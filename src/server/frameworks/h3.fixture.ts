import {
  createEventStream,
  getCookie,
  getQuery,
  getRouterParam,
  H3,
  HTTPError,
  readBody,
  redirect,
  setCookie,
} from "h3";
import { exampleOf } from "./suite.fixture.ts";

const app = new H3({ silent: true })
  .use(async (event, next) => {
    event.res.headers.set("X-Seen", event.url.pathname);
    return next();
  })
  .get("/", () => "⚡️ Tadaa!")
  .get("/users/:id", (event) => ({ id: getRouterParam(event, "id"), page: getQuery(event).page }))
  .post("/json", async (event) => {
    event.res.status = 201;
    return { got: await readBody(event) };
  })
  .post("/form", async (event) => String((await event.req.formData()).get("message")))
  .get("/stream", () => {
    const words = ["one ", "two ", "three"];
    return new ReadableStream({
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        const word = words.shift();
        if (word === undefined) controller.close();
        else controller.enqueue(new TextEncoder().encode(word));
      },
    });
  })
  .get("/events", (event) => {
    const events = createEventStream(event);
    const send = async () => {
      for (const id of ["0", "1"]) await events.push({ data: "tick", event: "time", id });
      await events.close();
    };
    void send();
    return events.send();
  })
  .post("/echo", (event) => event.req.body)
  .get("/cookie", (event) => {
    setCookie(event, "b", "2", { path: "/", httpOnly: true });
    return String(getCookie(event, "a"));
  })
  .get("/old", () => redirect("/"))
  .get("/refused", () => {
    throw new HTTPError({ status: 401, statusText: "no entry", message: "no entry" });
  })
  .get("/broken", () => {
    throw new Error("broken");
  });

export const h3 = exampleOf("h3", app.fetch, {
  hello: "⚡️ Tadaa!",
  refused: { status: 401, text: "no entry" },
  // h3 hides what was not meant for the client.
  broken: { status: 500, text: "HTTPError", reported: 0 },
  missing: { status: 404, text: "" },
});
