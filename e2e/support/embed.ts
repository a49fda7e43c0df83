/** Embeds in pages of other origins, for tests. */
import type { Page } from "playwright/test";
import { type HostPage, startHost } from "./host.ts";
import { test as base, expect } from "./playground.ts";

interface Fixtures {
  /** Opens a page of another origin. `SITE` in it is the playground's URL. */
  host: (body: string, headers?: Record<string, string>) => Promise<void>;
}

/** A page of another origin, on whose console nothing may be said. */
export const test = base.extend<Fixtures>({
  host: async ({ page, site, complaints }, use) => {
    const pages: HostPage[] = [];
    page.on(
      "console",
      (message) =>
        message.type() === "error" && complaints.push(`${message.text()} ${message.location().url}`),
    );
    page.on("pageerror", (error) => complaints.push(error.message));
    await use(async (body, headers = {}) => {
      const host = await startHost(body.replaceAll("SITE", site), headers);
      pages.push(host);
      await page.goto(host.url);
    });
    await Promise.all(pages.map((host) => host.close()));
    expect(complaints).toEqual([]);
  },
});

export const SCRIPT = '<script async src="SITEembed.js"></script>';
export const HELLO = '<http-playground example="hello" view="code wire response"></http-playground>';
export const CODE = `<http-playground view="code response console" request="GET /ada"><pre><code>import { AsyncHttpServer } from "portico";
console.log("it runs &lt;here&gt;");
await new AsyncHttpServer().serve(8080, (request) =&gt; request.respond(200, "You asked for " + request.url.pathname));
</code></pre></http-playground>`;

export const run = (page: Page, index = 0) =>
  page.locator("http-playground").nth(index).getByRole("button", { name: "Run", exact: true });
/** What is in an embed once it runs. */
export const inside = (page: Page, index = 0) =>
  page.locator("http-playground").nth(index).frameLocator("iframe");
