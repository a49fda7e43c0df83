import { fetchRouter } from "./fetch-router.fixture.ts";
import { h3 } from "./h3.fixture.ts";
import { hono } from "./hono.fixture.ts";
import { ittyRouter } from "./itty-router.fixture.ts";

export const examples = [hono, h3, ittyRouter, fetchRouter];
