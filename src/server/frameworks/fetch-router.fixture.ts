import { createRouter, type Middleware } from "@remix-run/fetch-router";
import { form, route } from "@remix-run/fetch-router/routes";
import { exampleOf } from "./suite.fixture.ts";

const routes = route({
  home: "/",
  users: { show: "/users/:id" },
  contact: form("form"),
});

const seen: Middleware = async ({ url }, next) => {
  // What Response.redirect makes can't be changed.
  const made = await next();
  const response = new Response(made.body, made);
  response.headers.set("X-Seen", url.pathname);
  return response;
};

const router = createRouter({ middleware: [seen] });
router.map(routes, { actions: { home: () => new Response("Home") } });
router.map(routes.users, {
  actions: {
    show: ({ params, url }) => Response.json({ id: params.id, page: url.searchParams.get("page") }),
  },
});
router.map(routes.contact, {
  actions: {
    index: () => new Response("Contact"),
    action: async ({ request }) => new Response(String((await request.formData()).get("message"))),
  },
});
router.post("/json", async ({ request }) => Response.json({ got: await request.json() }, { status: 201 }));
router.get("/stream", () => {
  const words = ["one ", "two ", "three"].map((word) => new TextEncoder().encode(word));
  return new Response(
    new ReadableStream({
      start(controller) {
        for (const word of words) controller.enqueue(word);
        controller.close();
      },
    }),
  );
});
router.get("/events", () => {
  const text = ["0", "1"].map((id) => `event: time\ndata: tick\nid: ${id}\n\n`).join("");
  return new Response(text, { headers: { "Content-Type": "text/event-stream" } });
});
router.post("/echo", ({ request }) => new Response(request.body));
router.get("/cookie", ({ request }) => {
  const cookie = /a=(\w+)/.exec(request.headers.get("cookie") ?? "")?.[1];
  return new Response(String(cookie), { headers: { "Set-Cookie": "b=2; Path=/; HttpOnly" } });
});
router.get("/old", ({ url }) => Response.redirect(new URL("/", url), 302));
router.get("/refused", () => new Response("no entry", { status: 401 }));
router.get("/broken", () => {
  throw new Error("broken");
});

export const fetchRouter = exampleOf("Remix's fetch-router", router.fetch, {
  hello: "Home",
  refused: { status: 401, text: "no entry" },
  // What an action throws comes out of `router.fetch`.
  broken: { status: 500, text: "Internal Server Error", reported: 1 },
  missing: { status: 404, text: "Not Found" },
});
