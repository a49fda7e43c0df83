import type { DeflateAgreement, PerMessageDeflateOptions } from "./deflate-negotiation.ts";
import type { Role } from "./frame-header.ts";
import type { LinkOptions } from "./link.ts";

/** Loads the compression, which whoever doesn't negotiate it never pays for, and sets up both directions. */
export async function loadCodec(
  role: Role,
  agreement: DeflateAgreement,
  options: PerMessageDeflateOptions = {},
): Promise<NonNullable<LinkOptions["codec"]>> {
  const { Deflater, Inflater } = await import("./deflate.ts");
  const server = { windowBits: agreement.serverMaxWindowBits, takeover: !agreement.serverNoContextTakeover };
  const client = { windowBits: agreement.clientMaxWindowBits, takeover: !agreement.clientNoContextTakeover };
  const [own, peers] = role === "server" ? [server, client] : [client, server];
  const { level = 6, memoryLevel = 8 } = options;
  return { deflater: new Deflater({ ...own, level, memoryLevel }), inflater: new Inflater(peers) };
}
