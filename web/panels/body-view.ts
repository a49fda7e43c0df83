/** A body as its media type wants to be seen: JSON indented, images as images, text as text, the rest in hex. */
import { h } from "../app/dom.ts";

const MAX_SHOWN = 200_000;
const MAX_HEX = 4096;
let lastImage: string | undefined;

interface Fields {
  get(name: string): string | null;
}

export async function bodyView(bytes: Uint8Array, fields: Fields): Promise<Node> {
  if (bytes.length === 0) return h("p", { class: "empty" }, "No body");
  const type = (fields.get("Content-Type") ?? "").toLowerCase();
  const decoded = await decodedBody(bytes, fields.get("Content-Encoding"));
  if (/^image\/(png|jpeg|gif|webp|avif|svg\+xml)/.test(type)) return image(decoded, type);
  const text = textIn(decoded, type);
  if (text === undefined) return h("pre", {}, hex(decoded));
  const pretty = /json/.test(type) ? indented(text) : text;
  return h(
    "pre",
    {},
    pretty.length > MAX_SHOWN ? `${pretty.slice(0, MAX_SHOWN)}\n… (more is in the raw view)` : pretty,
  );
}

/** Without the content codings that the platform knows; as it is where it can't be decoded (yet). */
async function decodedBody(bytes: Uint8Array, coding: string | null): Promise<Uint8Array> {
  const format = coding?.trim().toLowerCase().replace(/^x-/, "");
  if (format !== "gzip" && format !== "deflate") return bytes;
  try {
    const stream = new Blob([bytes.slice()]).stream().pipeThrough(new DecompressionStream(format));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch {
    return bytes;
  }
}

function image(bytes: Uint8Array, type: string): HTMLElement {
  if (lastImage !== undefined) URL.revokeObjectURL(lastImage);
  lastImage = URL.createObjectURL(new Blob([bytes.slice()], { type }));
  return h("img", { src: lastImage, alt: "The body of the response" });
}

function textIn(bytes: Uint8Array, type: string): string | undefined {
  const charset = /charset="?([\w-]+)/.exec(type)?.[1] ?? "utf-8";
  const textual = /^(text\/|application\/(json|javascript|xml|xhtml)|[^;]*[+/](json|xml))/.test(type);
  try {
    const text = new TextDecoder(charset, { fatal: !textual }).decode(bytes);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: whether there are any is the question
    return textual || !/[\0-\x08\x0e-\x1f]/.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function hex(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < Math.min(bytes.length, MAX_HEX); at += 16) {
    const part = [...bytes.subarray(at, at + 16)];
    const octets = part.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const characters = part
      .map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : "·"))
      .join("");
    lines.push(`${at.toString(16).padStart(6, "0")}  ${octets.padEnd(48)} ${characters}`);
  }
  if (bytes.length > MAX_HEX) lines.push(`… ${bytes.length - MAX_HEX} bytes more`);
  return lines.join("\n");
}
