import { afterAll, beforeAll, describe } from "vitest";
import { installLightFetch } from "../light-fetch/install.ts";
import { onVirtualNetwork } from "./virtual.fixture.ts";

// Before the frameworks are loaded, as h3 takes hold of `Response` then.
let restore = installLightFetch();
const { examples } = await import("./examples.fixture.ts");
restore();

describe("with light classes", () => {
  beforeAll(() => {
    restore = installLightFetch();
  });
  afterAll(() => restore());

  onVirtualNetwork(examples);
});
