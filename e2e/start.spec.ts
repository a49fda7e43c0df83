/** `npm start`: the page shows, says nothing on its console, and calls every example. */
import { type ChildProcess, spawn } from "node:child_process";
import { expect, test } from "playwright/test";
import catalogue from "../examples/catalogue.json" with { type: "json" };

let running: ChildProcess;
let url: string;

test.beforeAll(async () => {
  running = spawn(process.execPath, ["scripts/start.mjs"], { stdio: ["ignore", "pipe", "inherit"] });
  url = await new Promise((resolve, reject) => {
    let output = "";
    running.stdout?.on("data", (text) => {
      output += text;
      const found = /Portico serves .*(http:\S+)/.exec(output)?.[1];
      if (found) resolve(found);
    });
    running.once("exit", (code) => reject(new Error(`npm start ended with ${code}:\n${output}`)));
  });
});

test.afterAll(async () => {
  const code = new Promise((resolve) => running.once("exit", resolve));
  running.kill("SIGINT");
  expect(await code).toBe(0);
});

test("the page calls the examples, with no error on its console", async ({ page }) => {
  const complaints: string[] = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(`${url}node.html`);
  await expect(page.locator("section")).toHaveCount(catalogue.length);

  const call = async (title: string, request: string, answer: RegExp) => {
    const section = page.locator("section", { has: page.getByRole("heading", { name: title }) });
    await section.getByRole("button", { name: request, exact: true }).click();
    await expect(section.locator("pre")).toHaveText(answer, { timeout: 10_000 });
  };
  await call("Hello World", "GET /", /^200 OK.*Hello World$/s);
  await call("Router", "GET /add/2/3", /^200 OK.*5\n$/s);
  await call("JSON API", "POST /notes", /^201 Created.*"Buy milk"/s);
  await call("Echo of an upload", "PUT /", /This comes back/);
  await call("Server-sent events", "GET /events", /id: 2\ndata: /);
  await call("Progress in chunks", "GET /?steps=5", /100 % {2}step 5 of 5/);
  await call("Files from memory", "HEAD /notes/today.txt", /content-length: 24/);
  await call("Graceful shutdown", "POST /shutdown", /^202 Accepted/);
  expect(complaints).toEqual([]);
});

test("an example that does not exist is said to, and the site lives on", async ({ request }) => {
  expect((await request.get(`${url}examples/nothing/`)).status()).toBe(404);
  expect((await request.get(`${url}examples/`)).status()).toBe(200);
});
