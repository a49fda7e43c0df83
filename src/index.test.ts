import { AsyncHttpServer, createFetch, newAsyncHttpServer } from "portico";
import { describe, expect, it } from "vitest";

// On Node the default network is TCP; in a page and in a worker it is the virtual network that the page shares.
describe("a server on the default network", () => {
  const fetch = createFetch();

  function serving(server: AsyncHttpServer, signal?: AbortSignal) {
    let served: Promise<void> = Promise.resolve();
    const listening = new Promise<string>((resolve, reject) => {
      served = server.serve(0, (request) => request.respond(200, `you asked for ${request.target}`), {
        address: "127.0.0.1",
        onListen: ({ port }) => resolve(`http://127.0.0.1:${port}/here`),
        ...(signal === undefined ? {} : { signal }),
      });
      served.catch(reject);
    });
    return { listening, served };
  }

  it("is what the seed's newAsyncHttpServer makes, with its options", async () => {
    const server = newAsyncHttpServer({ maxBody: 3 });
    expect(server).toBeInstanceOf(AsyncHttpServer);
    const url = await serving(server).listening;
    expect(await (await fetch(url)).text()).toBe("you asked for /here");
    expect((await fetch(url, { method: "POST", body: "four" })).status).toBe(413);
    await server.close();
    expect(() => newAsyncHttpServer({ maxBody: -1 })).toThrow(
      expect.objectContaining({ code: "InvalidOption" }),
    );
  });

  it("serves until its signal is aborted", async () => {
    const controller = new AbortController();
    const server = new AsyncHttpServer();
    const { listening, served } = serving(server, controller.signal);
    const url = await listening;
    expect((await fetch(url)).status).toBe(200);
    controller.abort();
    await served;
    expect(server.listening).toBe(false);
    await expect(fetch(url)).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
  });

  it("does not begin with a signal that is aborted already", async () => {
    const server = new AsyncHttpServer();
    await serving(server, AbortSignal.abort()).served;
    expect(server.listening).toBe(false);
    expect(() => server.getPort()).toThrow(expect.objectContaining({ code: "NotListening" }));
  });

  it("is closed at the end of the block that it is used in", async () => {
    async function block() {
      await using server = new AsyncHttpServer();
      const { listening, served } = serving(server);
      expect((await fetch(await listening)).status).toBe(200);
      return { url: await listening, served };
    }
    const { url, served } = await block();
    await served;
    await expect(fetch(url)).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
  });
});
