import { createRequire } from "node:module";
import { app } from "./hono-app.mjs";
import { listening } from "./work.mjs";

const require = createRequire(new URL("../peers/package.json", import.meta.url));
const { serve } = require("@hono/node-server");
serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) => listening(port));
