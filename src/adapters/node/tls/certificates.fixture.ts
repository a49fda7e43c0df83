import { isIP } from "node:net";
import { generate } from "selfsigned";

/** A certificate that is its own authority, and its key, in PEM. */
export interface TestIdentity {
  readonly cert: string;
  readonly key: string;
}

/** An identity for these names and addresses. */
export async function identityFor(...names: string[]): Promise<TestIdentity> {
  const altNames = names.map((name) =>
    isIP(name) === 0 ? { type: 2 as const, value: name } : { type: 7 as const, ip: name },
  );
  const { cert, private: key } = await generate([{ name: "commonName", value: names[0] ?? "test" }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [{ name: "subjectAltName", altNames }],
  });
  return { cert, key };
}
