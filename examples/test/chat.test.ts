import { createFetch, createWebSocket, defaultNetwork } from "portico";
import { afterAll, expect, test } from "vitest";
import { server } from "../chat.ts";

afterAll(() => server.close({ graceMs: 0 }));

// On Node this is TCP; in a page it is the virtual network that the page shares.
test("two clients of a chat read each other", async () => {
  await expect.poll(() => server.listening).toBe(true);
  const WebSocket = createWebSocket(defaultNetwork);
  const enter = () => new WebSocket(`ws://localhost:${server.getPort()}/chat`);
  const lines: Record<string, string[]> = { one: [], two: [] };
  const one = enter();
  one.onmessage = ({ data }) => lines.one?.push(data);
  await expect.poll(() => lines.one).toEqual(["guest 1 came in"]);
  const two = enter();
  two.onmessage = ({ data }) => lines.two?.push(data);
  two.onopen = () => two.send("Hello, is anybody there?");
  await expect.poll(() => lines.two).toEqual(["guest 2 came in", "guest 2: Hello, is anybody there?"]);
  one.send("Yes, żółć ☃");
  two.close();
  await expect
    .poll(() => lines.one)
    .toEqual([
      "guest 1 came in",
      "guest 2 came in",
      "guest 2: Hello, is anybody there?",
      expect.stringMatching(/^guest/),
      expect.stringMatching(/^guest/),
    ]);
  expect(lines.one?.slice(3).sort()).toEqual(["guest 1: Yes, żółć ☃", "guest 2 left"]);
  one.close();
});

test("the page of the chat is served beside it", async () => {
  await expect.poll(() => server.listening).toBe(true);
  const fetch = createFetch();
  const response = await fetch(`http://localhost:${server.getPort()}/`);
  expect(await response.text()).toContain("new WebSocket(");
  fetch.close();
});
