/** The playground: what a person does with a program, its requests and the wire. */
import { expect, test } from "./support/playground.ts";

test("Run starts the example and shows the first response, the console and the wire", async ({
  playground,
}) => {
  await playground.open();
  await playground.run();
  await expect(playground.region("Response")).toContainText("200 OK");
  await expect(playground.region("Response")).toContainText("Hello World");
  await expect(playground.region("Console")).toContainText("try: curl localhost:");
  await expect(playground.region("Wire").getByRole("option", { name: /GET \/ HTTP\/1\.1/ })).toBeVisible();
  await expect(playground.region("Wire").getByRole("option", { name: /HTTP\/1\.1 200 OK/ })).toBeVisible();
  await expect(playground.status()).toHaveText("page engine: running");
  await playground.button("Stop").click();
  await expect(playground.status()).toHaveText("page engine: ready");
  await expect(playground.button("Stop")).toBeDisabled();
});

test("every example answers each request that it suggests", async ({ playground, page }) => {
  await playground.open();
  const names = await playground
    .example()
    .locator("option")
    .evaluateAll((options) => options.map((option) => (option as HTMLOptionElement).value));
  expect(names.length).toBeGreaterThanOrEqual(8);
  for (const name of names) {
    await playground.example().selectOption(name);
    await expect(playground.region("Response")).toContainText("Run the program");
    await playground.run();
    await expect(playground.region("Response").locator(".status"), name).toContainText(/^\d{3} /, {
      timeout: 10_000,
    });
  }
  await playground.example().selectOption("json-api");
  await playground.run();
  await expect(playground.region("Response")).toContainText("200 OK");
  await page.getByRole("button", { name: "POST /notes", exact: true }).click();
  await playground.button("Send").click();
  await expect(playground.region("Response")).toContainText("201 Created");
  await expect(playground.region("Response").locator("pre")).toHaveText(
    '{\n  "id": 2,\n  "text": "Buy milk"\n}',
  );
  await playground.button("Raw").click();
  await expect(playground.region("Response").locator("pre")).toContainText("HTTP/1.1 201 Created\\r\\n");
});

test("a request has the method, the headers and the body that were asked for", async ({
  playground,
  page,
}) => {
  await playground.open();
  await playground.run(`import { AsyncHttpServer } from "portico";
const server = new AsyncHttpServer();
server.serve(8123, async (request) => {
  const body = await request.text();
  await request.respond(207, JSON.stringify([request.method, request.target, request.headers.get("x-tone"), body]));
});`);
  await expect(playground.region("Response")).toContainText("207");
  await page.getByLabel("Method").fill("PATCH");
  await page.getByLabel("Path").fill("/a?b=c");
  await page.getByLabel("Headers").fill("X-Tone: blue");
  await page.getByLabel("Body").fill("grüße");
  await playground.button("Send").click();
  await expect(playground.region("Response").locator("pre")).toHaveText('["PATCH","/a?b=c","blue","grüße"]');
});

test("raw bytes are sent exactly as typed, malformed ones too", async ({ playground }) => {
  await playground.open();
  await playground.run();
  await expect(playground.region("Response")).toContainText("200 OK");
  await playground.sendRaw("GET / HTTP/1.1\\r\\nHost: a\\r\\nBroken Name: x\\r\\n\\r\\n");
  await expect(playground.region("Response")).toContainText("400");
  const wire = playground.region("Wire");
  await wire.getByRole("option", { name: /not valid/ }).click();
  await expect(wire.getByRole("list", { name: "Meaning" })).toContainText("Not valid");
  await playground.sendRaw(
    "GET /1 HTTP/1.1\\r\\nHost: a\\r\\n\\r\\nGET /2 HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n",
  );
  await expect(playground.region("Response")).toContainText("The last of 2 responses");
});

test("a segment's bytes and their meaning light each other up", async ({ playground, page }) => {
  await playground.open("#example=chunked-progress");
  await page.getByLabel("Path").fill("/?steps=3&ms=10");
  await playground.run();
  await expect(playground.region("Response")).toContainText("step 3 of 3");
  await expect(playground.region("Response").getByRole("table", { name: "Trailer fields" })).toContainText(
    "3",
  );
  const wire = playground.region("Wire");
  await wire.getByRole("option", { name: /200 OK/ }).click();
  const meanings = wire.getByRole("list", { name: "Meaning" }).getByRole("listitem");
  await expect(meanings.first()).toContainText("HTTP/1.1 200 OK");
  await meanings.nth(1).hover();
  await expect(wire.locator(".bytes .lit")).toHaveCount(1);
  await wire.locator(".bytes .item").first().hover();
  await expect(meanings.first()).toHaveClass(/lit/);
  await wire
    .getByRole("option", { name: /trailer work-done/i })
    .first()
    .click();
  await expect(wire.getByRole("list", { name: "Meaning" })).toContainText("Last chunk");
});

test("conditions act at once, and the sequence is drawn", async ({ playground, page }) => {
  await playground.open();
  await playground.run();
  await expect(playground.region("Response")).toContainText("Hello World");
  const wire = playground.region("Wire");
  await playground.button("Clear wire").click();
  await page.getByRole("slider", { name: "Segment size" }).fill("0");
  await expect(page.getByRole("slider", { name: "Segment size" })).toHaveAttribute("aria-valuetext", "1 B");
  await playground.button("Send").click();
  await expect(wire).toContainText(/1\d\d rows/);
  await playground.button("Clear wire").click();
  await page.getByRole("slider", { name: "Segment size" }).fill("12");
  await page.getByRole("slider", { name: "Latency" }).fill("8");
  await playground.button("Send").click();
  await expect(playground.region("Response")).toContainText(/all in (8|9|1\d)\d\d ms/);
  await playground.button("Sequence").click();
  await expect(wire.getByRole("img")).toHaveAttribute("aria-label", /GET \/ HTTP\/1\.1.*200 OK/);
  await page.getByRole("slider", { name: "Latency" }).fill("0");
  await page.getByLabel("Fault", { exact: true }).selectOption("refuse");
  await playground.button("Send").click();
  await expect(playground.region("Response")).toContainText("ECONNREFUSED");
});

test("a fault has a size that can be set", async ({ playground, page }) => {
  await playground.open();
  await playground.run();
  await expect(playground.region("Response")).toContainText("Hello World");
  const after = page.getByRole("slider", { name: "Fault after" });
  const lasting = page.getByRole("slider", { name: "Fault for" });
  await expect(after).toBeHidden();
  await page.getByLabel("Fault", { exact: true }).selectOption("reset");
  await expect(after).toHaveAttribute("aria-valuetext", "100 B");
  await expect(lasting).toBeHidden();
  await after.fill("2");
  await playground.button("Send").click();
  await expect(playground.region("Response")).toContainText("ECONNRESET");
  await after.fill("9");
  await playground.button("Send").click();
  await expect(playground.region("Response")).toContainText("Hello World");
  await page.getByLabel("Fault", { exact: true }).selectOption("stall");
  await expect(lasting).toHaveAttribute("aria-valuetext", "3 s");
  await after.fill("1");
  await lasting.fill("4");
  await playground.button("Send").click();
  await expect(playground.region("Response")).toContainText(/all in [5-9]\d\d ms/);
});

test("errors are told with their line, whether they compile or not", async ({ playground, page }) => {
  await playground.open();
  await playground.run('import { AsyncHttpServer } from "portico";\nconst a = ;\n');
  await expect(playground.region("Console")).toContainText("SyntaxError");
  await expect(playground.region("Console").getByRole("button", { name: "line 2" })).toBeVisible();
  await playground.run('const one: number = 1;\n\nthrow new Error("here it is");');
  await expect(playground.region("Console")).toContainText("Error: here it is (line 3)");
  await expect(page.locator(".cm-lint-marker-error")).toBeVisible();
  await playground.run('import x from "fastify";\nx();');
  await expect(playground.region("Console")).toContainText('Cannot import "fastify"');
  await playground.run('import { nothing } from "portico";\nnothing();');
  await expect(playground.region("Console")).toContainText(
    "'portico' does not provide an export named 'nothing'",
  );
  await playground.run("setTimeout(() => {\n  null.x;\n}, 10);");
  await expect(playground.region("Console")).toContainText("(line 2)");
});

test("Format tidies up, with the button and with the keys", async ({ playground, page }) => {
  await playground.open();
  await playground.write("const  a = {b:1}\n");
  await playground.button("Format").click();
  await expect(page.getByRole("textbox", { name: "Program" })).toHaveText("const a = { b: 1 };", {
    timeout: 10_000,
  });
  await playground.write("let   c=2");
  await page.keyboard.press("ControlOrMeta+s");
  await expect(page.getByRole("textbox", { name: "Program" })).toHaveText("let c = 2;");
});

test("a page of the program is previewed, with its style sheet and where its links lead", async ({
  playground,
}) => {
  await playground.open("#example=files");
  await playground.run();
  const frame = playground.region("Preview").frameLocator("iframe");
  await expect(frame.getByRole("heading", { name: "Served from memory" })).toHaveCSS(
    "color",
    "rgb(102, 51, 153)",
  );
  await frame.getByRole("link", { name: "Notes" }).click();
  await expect(frame.locator("pre")).toHaveText("One server, any socket.\n");
});

test("a previewed page has its requests, events and WebSockets on the program's network", async ({
  playground,
}) => {
  await playground.open("#example=chat");
  await playground.run();
  const frame = playground.region("Preview").frameLocator("iframe");
  await expect(frame.getByRole("listitem")).toHaveText("guest 1 came in");
  await frame.getByPlaceholder("Say something").fill("hello");
  await frame.getByPlaceholder("Say something").press("Enter");
  await expect(frame.getByRole("listitem").last()).toHaveText("guest 1: hello");
  await expect(
    playground
      .region("Wire")
      .getByRole("option", { name: /frame: text/ })
      .first(),
  ).toBeVisible();
  await playground.open("#example=server-sent-events");
  await playground.page.reload();
  await playground.page.getByLabel("Path").fill("/");
  await playground.run();
  await expect(frame.getByRole("heading")).toHaveText(/^20\d\d-/);
  await playground.run(`import { AsyncHttpServer } from "portico";
const page = '<h1>…</h1><form action="/form"><input name="a" value="1 2"><button>Go</button></form><script>fetch("/data", { method: "POST", body: "x" }).then((r) => r.json()).then((v) => (document.querySelector("h1").textContent = v.got))</' + "script>";
new AsyncHttpServer().serve(8123, async (request) => {
  if (request.method === "POST") return request.respond(200, JSON.stringify({ got: "got " + (await request.text()) }));
  await request.respond(200, request.url.search ? "<h1>" + request.url.search + "</h1>" : page, { "Content-Type": "text/html" });
});`);
  await expect(frame.getByRole("heading")).toHaveText("got x");
  await frame.getByRole("button", { name: "Go" }).click();
  await expect(frame.getByRole("heading")).toHaveText("?a=1+2");
});

test("a previewed page sends forms as it says, has scripts in its links, and can load itself again", async ({
  playground,
}) => {
  await playground.open();
  await playground.run(`import { AsyncHttpServer } from "portico";
let visits = 0;
const page = () => '<h1>Visit ' + ++visits + '</h1><a href="javascript:;" onclick="document.body.dataset.ran = 1">Script</a> <button onclick="location.reload()">Again</button><form method="post" enctype="multipart/form-data" action="/form"><input type="file" name="file"><button>Send file</button><button formaction="/plain" formenctype="text/plain" name="by" value="b">Send plain</button></form>';
new AsyncHttpServer().serve(8123, async (request) => {
  const html = { "Content-Type": "text/html" };
  if (request.method !== "POST") return request.respond(200, page(), html);
  if (request.url.pathname === "/plain") return request.respond(200, "<h1>" + request.headers.get("Content-Type") + " " + JSON.stringify(await request.text()) + "</h1>", html);
  const file = (await request.formData()).get("file") as File;
  await request.respond(200, "<h1>" + file.name + ": " + (await file.text()) + "</h1>", html);
});`);
  const frame = playground.region("Preview").frameLocator("iframe");
  const heading = frame.getByRole("heading");
  await expect(heading).toHaveText("Visit 1");
  await frame.getByRole("link", { name: "Script" }).click();
  await expect(frame.locator("body")).toHaveAttribute("data-ran", "1");
  await frame.getByRole("button", { name: "Again" }).click();
  await expect(heading).toHaveText("Visit 2");
  await frame
    .locator("input")
    .setInputFiles({ name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("grüß") });
  await frame.getByRole("button", { name: "Send file" }).click();
  await expect(heading).toHaveText("a.txt: grüß");
  await playground.page.getByLabel("Address").fill("/");
  await playground.button("Open").click();
  await frame.getByRole("button", { name: "Send plain" }).click();
  await expect(heading).toHaveText('text/plain "file=\\r\\nby=b\\r\\n"');
});

test("what a program requests of itself goes over the wire too", async ({ playground }) => {
  await playground.open();
  await playground.run(`import { AsyncHttpServer, createFetch } from "portico";
const server = new AsyncHttpServer();
server.serve(8123, (request) => request.respond(200, "to myself"));
await new Promise((resolve) => setTimeout(resolve, 50));
const response = await createFetch()("http://localhost:8123/inner");
console.log(await response.text(), await (await fetch("http://example.com/").catch((error) => error.cause ?? error)).code);`);
  await expect(playground.region("Console")).toContainText("to myself ENOTFOUND");
  await expect(playground.region("Wire").getByRole("option", { name: /GET \/inner/ })).toBeVisible();
});
