import { describe, expect, test } from "vitest";
import { causeOf, wireStage } from "../testing/client-stage.ts";
import { settled } from "../testing/turn.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

describe("a request on a connection that had died", () => {
  /** One answered request, then the next one goes out on the same connection. */
  async function second(init: RequestInit & { duplex?: "half" }) {
    const stage = await wireStage();
    const first = stage.fetch(stage.url);
    const wire = await stage.server.answer(OK);
    await first;
    const response = stage.fetch(`${stage.url}second`, init);
    response.catch(() => {});
    await wire.read("\r\n\r\n");
    return { ...stage, wire, response };
  }

  test.each(["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])(
    "is sent once more when it is %s",
    async (method) => {
      const { server, wire, response } = await second({ method });
      wire.destroy();
      const again = await server.request();
      expect(again.head).toContain(`${method} /second HTTP/1.1`);
      await again.wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
      expect((await response).status).toBe(200);
    },
  );

  test("is sent again with its body", async () => {
    const { server, wire, response } = await second({ method: "PUT", body: "body" });
    wire.end();
    const again = await server.accept();
    await again.read("\r\n\r\nbody");
    await again.send(OK);
    expect(await (await response).text()).toBe("ok");
  });

  test("is sent once more and not twice", async () => {
    const { server, wire, response } = await second({});
    wire.destroy();
    const again = await server.request();
    again.wire.destroy();
    expect(await causeOf(response)).toBe("ECONNRESET");
  });

  test("is not sent again when it may have had an effect", async () => {
    const { wire, response } = await second({ method: "POST", body: "x" });
    wire.destroy();
    expect(await causeOf(response)).toBe("ECONNRESET");
  });

  test("is not sent again when its body was a stream", async () => {
    const body = new Blob(["x"]).stream();
    const { wire, response } = await second({ method: "PUT", body, duplex: "half" });
    wire.destroy();
    expect(await causeOf(response)).toBe("ECONNRESET");
  });

  test("is not sent again when part of a response had come", async () => {
    const { wire, response } = await second({});
    await wire.send("HTTP/1.1 200");
    // A reset may overtake what was sent before it: the part has to be there first.
    await settled();
    wire.destroy();
    expect(await causeOf(response)).toBe("ECONNRESET");
  });
});
