/**
 * `npm start [-- --port 8080]`, or with `PORT` in the environment: installs and builds what is missing or out of date, then serves the playground, the
 * docs and the examples on 127.0.0.1, with Portico itself. The docs may come a little later than the rest.
 */
import { chdir } from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { asked, portFrom } from "./arguments.mjs";
import { installPackages } from "./setup.mjs";
import { stopWhenAsked } from "./stop.mjs";

chdir(fileURLToPath(new URL("..", import.meta.url)));
const port = asked(() => portFrom(parseArgs({ options: { port: { type: "string" } } }).values.port));

installPackages();
const { buildPackage, buildPages, startDocsBuild } = await import("./builds.mjs");
buildPackage();
buildPages();
const { startSite } = await import("./site.mjs");
const docs = startDocsBuild();
const site = await startSite(port, { docs: docs?.done ?? Promise.resolve(true) });
console.log(`\nPortico serves its page and the examples: ${site.url}   (Ctrl-C stops it)`);
console.log(`The playground's previews have an origin of their own: ${site.previews}`);
console.log(`The docs: ${site.url}docs/${docs ? "   (being built)" : ""}`);
void docs?.done.then((built) => built && console.log("The docs are built."));

stopWhenAsked(async () => {
  docs?.stop();
  await site.close();
});
