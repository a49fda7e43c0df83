/** What Bun's and Deno's own TCP have in common, and Node's has otherwise. */
import { expect, it } from "vitest";
import type { Network } from "../socket/index.ts";

/** What an attempt was refused with, or "fulfilled". */
export const codeOf = (attempt: Promise<unknown>): Promise<string | undefined> =>
  attempt.then(
    () => "fulfilled",
    (error: { code?: string }) => error.code,
  );

export function refusesTls(RuntimeNetwork: new (options?: object) => Network): void {
  it("refuses tls, wherever it is asked for, and never speaks plain text in its place", async () => {
    const tls = { cert: "a certificate", key: "a key" };
    expect(() => new RuntimeNetwork({ tls })).toThrow("ENOTSUP: tls is an option of new NodeNetwork() alone");
    const network = new RuntimeNetwork();
    expect(await codeOf(network.listen({ port: 0, tls } as never))).toBe("ENOTSUP");
    expect(await codeOf(network.connect({ host: "127.0.0.1", port: 1, tls } as never))).toBe("ENOTSUP");
    await (await network.listen({ port: 0, tls: undefined } as never)).close();
  });
}
