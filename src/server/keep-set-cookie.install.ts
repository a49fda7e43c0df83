/** For its effect: see `keepSetCookie` of `portico`. */
import { keepSetCookie } from "./keep-set-cookie.ts";

keepSetCookie();
