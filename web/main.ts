/** The playground. What is shared by its panels is put together here, and nowhere else. */

import { keepOffline } from "./app/offline.ts";
import { Playground } from "./app/playground.ts";
import { setUpTheme } from "./app/theme.ts";

setUpTheme();
const playground = new Playground();
await playground.open();
addEventListener("hashchange", () => void playground.open());
void keepOffline();
