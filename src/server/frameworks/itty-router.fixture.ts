import { AutoRouter, error, type IRequest, StatusError, text, withParams } from "itty-router";
import { exampleOf } from "./suite.fixture.ts";

const router = AutoRouter({
  before: [withParams],
  finally: [
    (response: Response, request: IRequest) => {
      response.headers.set("X-Seen", new URL(request.url).pathname);
    },
  ],
});

router
  .get("/", () => "Success!")
  .get("/users/:id", ({ id, query }: IRequest) => ({ id, page: query.page }))
  .post("/json", async (request: IRequest) => Response.json({ got: await request.json() }, { status: 201 }))
  .post("/form", async (request: IRequest) => text(String((await request.formData()).get("message"))))
  .get("/stream", () => {
    const { readable, writable } = new TransformStream<string, string>();
    const writer = writable.getWriter();
    const send = async () => {
      for (const word of ["one ", "two ", "three"]) await writer.write(word);
      await writer.close();
    };
    void send();
    return new Response(readable.pipeThrough(new TextEncoderStream()));
  })
  .get("/events", () => {
    const events = ["0", "1"].map((id) => `event: time\ndata: tick\nid: ${id}\n\n`).join("");
    return new Response(events, { headers: { "Content-Type": "text/event-stream" } });
  })
  .post("/echo", (request: IRequest) => new Response(request.body))
  .get("/cookie", (request: IRequest) => {
    const cookie = /a=(\w+)/.exec(request.headers.get("cookie") ?? "")?.[1];
    return new Response(String(cookie), { headers: { "Set-Cookie": "b=2; Path=/; HttpOnly" } });
  })
  .get("/old", () => new Response(null, { status: 302, headers: { Location: "/" } }))
  .get("/refused", () => error(401, "no entry"))
  .get("/broken", () => {
    throw new StatusError(500, "broken");
  });

export const ittyRouter = exampleOf("itty-router", router.fetch, {
  // Its own format for whatever is no Response is JSON.
  hello: '"Success!"',
  refused: { status: 401, text: "no entry" },
  broken: { status: 500, text: "broken", reported: 0 },
  missing: { status: 404, text: "" },
});
