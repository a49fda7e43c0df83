/** What leads from one page of the program to the next, in the preview that the playground puts together. */
import { expect, test } from "./support/playground.ts";

const PROGRAM = `import { AsyncHttpServer } from "portico";
const html = { "Content-Type": "text/html" };
const start = '<h1>Start</h1><form method="post" action="/login"><button>Log in</button></form><x-nav></x-nav><script>customElements.define("x-nav", class extends HTMLElement { constructor() { super(); this.attachShadow({ mode: "open" }).innerHTML = "<a href=about><b>About</b></a>"; } });</' + "script>";
new AsyncHttpServer().serve(8123, async (request) => {
  const { pathname } = request.url;
  if (pathname === "/") return request.respond(200, start, html);
  if (pathname === "/login") return request.respond(303, "", { Location: "http://127.0.0.1:8123/deep/home?by=login" });
  await request.respond(200, '<h1>' + pathname + '</h1><a href="next">Next</a>', html);
});`;

test("a page that a redirect leads to has its own address, from which its links go on", async ({
  playground,
  page,
}) => {
  await playground.open();
  await playground.run(PROGRAM);
  const frame = playground.region("Preview").frameLocator("iframe");
  await frame.getByRole("button", { name: "Log in" }).click();
  await expect(frame.getByRole("heading")).toHaveText("/deep/home");
  await expect(page.getByLabel("Address")).toHaveValue("/deep/home?by=login");
  await frame.getByRole("link", { name: "Next" }).click();
  await expect(frame.getByRole("heading")).toHaveText("/deep/next");
});

test("a link in a shadow tree is followed as any other", async ({ playground }) => {
  await playground.open();
  await playground.run(PROGRAM);
  const frame = playground.region("Preview").frameLocator("iframe");
  await frame.getByText("About").click();
  await expect(frame.getByRole("heading")).toHaveText("/about");
});

test("a form in a shadow tree is sent as any other, unless the page does that itself", async ({
  playground,
}) => {
  const element = (name: string, own: string) =>
    `customElements.define("${name}", class extends HTMLElement { constructor() { super();
      const root = this.attachShadow({ mode: "open" });
      root.innerHTML = "<form action=sent><input name=q value=${name}><button>Send ${name}</button></form>";
      ${own} } });`;
  const refusing = `root.addEventListener("submit", (event) => { event.preventDefault(); root.querySelector("button").textContent = "its own matter"; });`;
  const scripts = element("x-plain", "") + element("x-own", refusing);
  await playground.open();
  await playground.run(`import { AsyncHttpServer } from "portico";
const page = ${JSON.stringify(`<x-own></x-own><x-plain></x-plain><script>${scripts}`)} + "</" + "script>";
new AsyncHttpServer().serve(8123, (request) => request.respond(200,
  request.url.pathname === "/" ? page : "<h1>" + request.target + "</h1>", { "Content-Type": "text/html" }));`);
  const frame = playground.region("Preview").frameLocator("iframe");
  await frame.getByRole("button", { name: "Send x-own" }).click();
  await expect(frame.getByText("its own matter")).toBeVisible();
  await frame.getByRole("button", { name: "Send x-plain" }).click();
  await expect(frame.getByRole("heading")).toHaveText("/sent?q=x-plain");
});
