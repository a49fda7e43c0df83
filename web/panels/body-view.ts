/** A body as its media type wants to be seen: JSON indented, images as images, text as text, the rest in hex. */
import { h } from "../app/dom.ts";
import { joined } from "../http/bytes.ts";
import { decoded } from "../http/decoded.ts";
import type { Reply } from "../http/exchange.ts";
import { sizeOf } from "../wire/describe.ts";

/** Characters shown; bytes that are looked at while more are to come, with each frame anew. */
const MAX_SHOWN = 200_000;
const MAX_HEX = 4096;
/** More than this a small body does not unpack to. */
const MAX_DECODED = 16 * 1024 * 1024;
/** Characters of JSON that are indented. */
const MAX_INDENTED = 8_000_000;
let lastImage: string | undefined;

/** @param over whether no more of it will come */
export async function bodyView({ head, body, bodyBytes }: Reply, over: boolean): Promise<Node> {
  if (bodyBytes === 0) return h("p", { class: "empty" }, over ? "No body" : "No body yet");
  const type = (head.headers.get("Content-Type") ?? "").toLowerCase();
  const kept = joined(body, over ? undefined : MAX_SHOWN);
  const limit = over ? MAX_DECODED : MAX_SHOWN;
  const { bytes, cut } = await decoded(kept, head.headers.get("Content-Encoding"), limit);
  const all = over && !cut && kept.length === bodyBytes;
  const left = `\n… the rest is not shown; ${sizeOf(bodyBytes)} came in all`;
  if (/^image\/(png|jpeg|gif|webp|avif|svg\+xml)/.test(type)) {
    if (!over && kept.length < bodyBytes)
      return h("p", { class: "empty" }, "The image is shown when it has come.");
    return image(bytes, type);
  }
  const text = textIn(bytes, type, all);
  if (text === undefined) return h("pre", {}, hex(bytes) + (all || !over ? "" : left));
  const pretty = all && /json/.test(type) && text.length <= MAX_INDENTED ? indented(text) : text;
  const whole = pretty.length <= MAX_SHOWN && (all || kept.length === bodyBytes);
  return h("pre", {}, whole ? pretty : pretty.slice(0, MAX_SHOWN) + left);
}

function image(bytes: Uint8Array, type: string): HTMLElement {
  if (lastImage !== undefined) URL.revokeObjectURL(lastImage);
  lastImage = URL.createObjectURL(new Blob([bytes.slice()], { type }));
  return h("img", { src: lastImage, alt: "The body of the response" });
}

/** @param all whether a character at the end that is not whole is a fault, or was cut off here */
function textIn(bytes: Uint8Array, type: string, all: boolean): string | undefined {
  const charset = /charset="?([\w-]+)/.exec(type)?.[1] ?? "utf-8";
  const textual = /^(text\/|application\/(json|javascript|xml|xhtml)|[^;]*[+/](json|xml))/.test(type);
  try {
    const text = new TextDecoder(charset, { fatal: !textual }).decode(bytes, { stream: !all });
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
