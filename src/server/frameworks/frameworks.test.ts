// First of all, as h3 takes hold of `Response` when it is loaded.
import "../keep-set-cookie.install.ts";
import { examples } from "./examples.fixture.ts";
import { onVirtualNetwork } from "./virtual.fixture.ts";

onVirtualNetwork(examples);
