/**
 * `npm run docs [-- --serve] [--port 8080]` (or `PORT` in the environment): builds the docs site into dist-docs/, where it is out of date, and
 * serves it with the playground that its examples need.
 */
import { chdir } from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { asked, portFrom } from "./arguments.mjs";
import { installPackages } from "./setup.mjs";
import { stopWhenAsked } from "./stop.mjs";

chdir(fileURLToPath(new URL("..", import.meta.url)));
const { serve, port } = asked(() => {
  const { values } = parseArgs({ options: { serve: { type: "boolean" }, port: { type: "string" } } });
  return { serve: values.serve, port: portFrom(values.port) };
});

installPackages();
const { buildPackage, buildPages, startDocsBuild } = await import("./builds.mjs");
if ((await startDocsBuild()?.done) === false) process.exit(1);
if (serve) {
  buildPackage();
  buildPages();
  const { startSite } = await import("./site.mjs");
  const site = await startSite(port, { docs: Promise.resolve(true) });
  console.log(`\nThe docs: ${site.url}docs/   (Ctrl-C stops it)`);
  stopWhenAsked(() => site.close());
} else console.log("The docs are in dist-docs/, for /docs/ of a site; `npm run docs -- --serve` shows them.");
