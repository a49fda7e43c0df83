import { expect, it } from "vitest";
import type { Socket } from "../../socket/index.ts";
import { BunNetwork } from "./index.ts";

it("takes in those that had connected before it closes, where somebody accepts", async () => {
  const network = new BunNetwork();
  const listener = await network.listen({ port: 0, address: "127.0.0.1" });
  const accepted: Socket[] = [];
  const accepting = (async () => {
    for (;;) accepted.push(await listener.accept());
  })();
  const { port } = listener.address;
  const connecting = Array.from({ length: 20 }, () => network.connect({ host: "127.0.0.1", port }));
  const over = expect(accepting).rejects.toMatchObject({ code: "ERR_LISTENER_CLOSED" });
  await Promise.all([listener.close(), listener.close()]);
  await over;
  expect(accepted).toHaveLength(20);
  for (const socket of [...accepted, ...(await Promise.all(connecting))]) socket.destroy();
  await expect(network.connect({ host: "127.0.0.1", port })).rejects.toMatchObject({ code: "ECONNREFUSED" });
});
