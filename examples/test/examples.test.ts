import { createFetch } from "portico";
import { describe } from "vitest";
import { exampleSuite } from "./suite.ts";

// On Node this is TCP; in a page and in a worker it is the virtual network that the page shares.
describe("the examples, called by Portico's client over the default network", () => {
  exampleSuite(createFetch());
});
