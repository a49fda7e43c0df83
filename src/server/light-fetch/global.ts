/** For its effect: see `installLightFetch` of `portico/light-fetch/install`. */
import { installLightFetch } from "./install.ts";

installLightFetch();
