/** For its effect: see `installLightFetch` of `portico`. */
import { installLightFetch } from "./install.ts";

installLightFetch();
