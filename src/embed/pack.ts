/** A program as the text of a link: `v1.` and its JSON, deflated (RFC 1951), in base64url (RFC 4648 section 5). */

export const LINK_PREFIX = "v1.";

/** @param program what `JSON.stringify` takes; members that are left out have their defaults where the link is opened */
export async function packProgram(program: { readonly code: string }): Promise<string> {
  const json = new Blob([JSON.stringify(program)]).stream();
  const packed = await new Response(json.pipeThrough(new CompressionStream("deflate-raw"))).arrayBuffer();
  let text = "";
  for (const byte of new Uint8Array(packed)) text += String.fromCharCode(byte);
  return LINK_PREFIX + btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
