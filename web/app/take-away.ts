/** What can be taken away from the playground: a link, a project. */
import { announce, h } from "./dom.ts";
import { notice } from "./notice.ts";
import type { Program } from "./program.ts";
import { linkTo } from "./share.ts";

/** Puts the program into the address bar and, where that is allowed, onto the clipboard. */
export async function share(program: Program): Promise<void> {
  const hash = await linkTo(program);
  if (hash === undefined) return notice("This is too much for a link. Download takes the program along.");
  history.replaceState(null, "", hash);
  try {
    await navigator.clipboard.writeText(location.href);
    notice("The link is in the address bar, and copied.");
  } catch {
    notice("The link is in the address bar.");
  }
}

/** Downloads the program as a project for Node. */
export async function download(program: Program): Promise<void> {
  const { projectZip } = await import("../project/project.ts");
  const project = await projectZip(program).catch(() => undefined);
  if (!project) return notice("The project needs Portico's package, which can't be had without a network.");
  const { name, bytes } = project;
  const url = URL.createObjectURL(new Blob([bytes.slice()], { type: "application/zip" }));
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
  announce(`${name} is downloaded`);
}
