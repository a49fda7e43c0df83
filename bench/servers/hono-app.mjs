/** One Hono application, for Hono's own server and for Portico's `fetchHandler`. */
import { createRequire } from "node:module";
import { fieldsRead, hello, mebibyte, used } from "./work.mjs";

const require = createRequire(new URL("../peers/package.json", import.meta.url));
const { Hono } = require("hono");

export const app = new Hono();
app.get("/", (context) => context.text(hello));
app.get("/headers", (context) => {
  used(...fieldsRead.map((name) => context.req.header(name)));
  return context.text(hello);
});
app.get("/large", (context) => context.body(mebibyte));
app.post("/", async (context) => context.json(await context.req.json()));
