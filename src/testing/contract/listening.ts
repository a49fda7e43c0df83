import { expect, it } from "vitest";
import { type Listener, NetworkError, type Socket } from "../../socket/index.ts";
import { settled } from "../turn.ts";
import { WireClient } from "../wire-client.ts";
import type { Stage } from "./stage.ts";

export function listeningCases(stage: Stage): void {
  acceptCases(stage);
  closeCases(stage);
  bindCases(stage);
  connectCases(stage);
  accountCases(stage);
}

function acceptCases(stage: Stage): void {
  it("hands out connections that waited, in the order in which they came", async () => {
    for (let i = 0; i < 5; i++) (await stage.connect()).write(`${i}`);
    const texts: string[] = [];
    for (let i = 0; i < 5; i++) texts.push(await new WireClient(await stage.accept()).read(1));
    expect(texts).toEqual(["0", "1", "2", "3", "4"]);
  });

  it("answers accepts that waited, in the order in which they were called", async () => {
    const accepts = [stage.accept(), stage.accept(), stage.accept()];
    for (let i = 0; i < 3; i++) (await stage.connect()).write(`${i}`);
    const sockets = await Promise.all(accepts);
    const texts = await Promise.all(sockets.map((socket) => new WireClient(socket).read(1)));
    expect(texts).toEqual(["0", "1", "2"]);
  });
}

function closeCases(stage: Stage): void {
  it("rejects accepts that wait, and every later one, once closed", async () => {
    const listener = await stage.listen();
    const waiting = [failure(listener.accept()), failure(listener.accept())];
    await listener.close();
    const errors = [...(await Promise.all(waiting)), await failure(listener.accept())];
    expect(errors.map(({ code }) => code)).toEqual(Array(3).fill("ERR_LISTENER_CLOSED"));
    await listener.close();
  });

  it("leaves accepted connections alone when it closes", async () => {
    const { near, far } = await stage.wire();
    await stage.listener.close();
    await near.send("still");
    expect(await far.read(5)).toBe("still");
    await far.send("here");
    expect(await near.read(4)).toBe("here");
  });

  it("ends connections that nobody accepted when it closes", async () => {
    const left = new WireClient(await stage.connect());
    await settled();
    await stage.listener.close();
    const state = await left.closed();
    if (!stage.lacks("reset")) expect(state).toBe("reset");
  });

  it("frees its port when it closes", async () => {
    const { port } = stage;
    await stage.listener.close();
    const again = await stage.listen(port);
    expect(again.address).toEqual(stage.listener.address);
    await again.close();
  });
}

function bindCases(stage: Stage): void {
  stage.needs("addresses", "picks a port of its own for every listener", async () => {
    const other = await stage.listen();
    expect(stage.port).toBeGreaterThan(0);
    expect(other.address.port).not.toBe(stage.port);
    await other.close();
  });

  stage.needs("address in use", "rejects with EADDRINUSE for a port that is taken", async () => {
    expect((await failure(stage.listen(stage.port))).code).toBe("EADDRINUSE");
  });

  stage.needs("addresses", "refuses a port that is none and a family that there is not", async () => {
    for (const port of [undefined, "80", -1, 65_536, 1.5, Number.NaN] as number[]) {
      const refused = [
        failure(stage.network.listen({ port })),
        failure(stage.network.connect({ host: "localhost", port })),
      ];
      for (const error of await Promise.all(refused))
        expect(error.code, String(port)).toBe("ERR_SOCKET_BAD_PORT");
    }
    for (const family of ["ipv6", "IPv5", 4] as never[]) {
      const { code } = await failure(stage.network.listen({ port: 0, family }));
      expect(code, String(family)).toBe("ERR_INVALID_ARG_VALUE");
    }
  });

  stage.needs("addresses", "shows each end the other's address", async () => {
    const { near, far } = await stage.pair();
    expect(near.remoteAddress).toEqual(far.localAddress);
    expect(near.localAddress).toEqual(far.remoteAddress);
    expect(near.remoteAddress.port).toBe(stage.port);
  });

  it("keeps the addresses after the close", async () => {
    const { near, far } = await stage.wire();
    const before = [far.socket.localAddress, far.socket.remoteAddress];
    near.destroy();
    await far.closed();
    expect([far.socket.localAddress, far.socket.remoteAddress]).toEqual(before);
  });
}

function connectCases(stage: Stage): void {
  stage.needs("refusal", "rejects with ECONNREFUSED where nobody listens", async () => {
    await stage.listener.close();
    expect((await failure(stage.connect())).code).toBe("ECONNREFUSED");
  });

  it("rejects with the reason of a signal that was aborted before", async () => {
    const reason = new Error("changed my mind");
    await expect(stage.connect(AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it("rejects with the reason of a signal that is aborted on the way", async () => {
    const controller = new AbortController();
    const reason = new Error("too slow");
    const connecting = stage.connect(controller.signal);
    controller.abort(reason);
    await expect(connecting).rejects.toBe(reason);
  });

  // One signal may be held against many attempts: of each that fails it would keep what the attempt held.
  it("leaves nothing on the signal, whatever became of the attempt", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const heard = new Set<unknown>();
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...given: Parameters<typeof addEventListener>) => {
      heard.add(given[1]);
      addEventListener.apply(signal, given);
    };
    signal.removeEventListener = (...given: Parameters<typeof removeEventListener>) => {
      heard.delete(given[1]);
      removeEventListener.apply(signal, given);
    };
    await stage.connect(signal);
    expect(heard.size).toBe(0);
    await stage.listener.close();
    await failure(stage.connect(signal));
    expect(heard.size).toBe(0);
  });

  it("has no interest in the signal once connected", async () => {
    const controller = new AbortController();
    const near = new WireClient(await stage.connect(controller.signal));
    const far = new WireClient(await stage.accept());
    controller.abort();
    await settled();
    await near.send("fine");
    expect(await far.read(4)).toBe("fine");
  });
}

function accountCases(stage: Stage): void {
  stage.needs("descriptors", "counts its sockets as descriptors while they are open", async () => {
    const count = 30;
    const before = stage.network.descriptors().active;
    const ends: WireClient[] = [];
    for (let i = 0; i < count; i++) {
      const { near, far } = await stage.wire();
      ends.push(near, far);
    }
    const during = stage.network.descriptors().active;
    for (const end of ends) end.destroy();
    await Promise.all(ends.map((end) => end.closed()));
    const after = stage.network.descriptors().active;
    expect(during - before).toBeGreaterThanOrEqual(count);
    expect(during - after).toBeGreaterThanOrEqual(count);
  });

  stage.needs("descriptors", "stays below the limit that it reports", async () => {
    const { active, max } = stage.network.descriptors();
    expect(active).toBeGreaterThanOrEqual(0);
    if (max !== undefined) expect(active).toBeLessThanOrEqual(max);
  });
}

async function failure(attempt: Promise<Socket | Listener>): Promise<NetworkError> {
  const error: unknown = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(NetworkError);
  return error as NetworkError;
}
