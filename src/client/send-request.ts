import { octets } from "../http1/octets.ts";
import type { Socket } from "../socket/index.ts";
import type { RequestBody } from "./body.ts";
import type { WireHead } from "./request-writer.ts";
import { Upload, type UploadOwner } from "./upload.ts";

/**
 * Sends a request. What is in memory leaves at once: the socket holds it, as the caller did before.
 * @returns what goes on to send a body that is a stream
 */
export function sendRequest(
  head: WireHead,
  body: RequestBody | undefined,
  socket: Socket,
  owner: UploadOwner,
): Upload | undefined {
  const { text, ascii, framing } = head;
  const content = body?.kind === "whole" ? body.content : "";
  if (ascii && typeof content === "string") {
    socket.write(text + content);
  } else {
    socket.cork?.();
    socket.write(ascii ? text : octets(text));
    if (!(content instanceof Blob)) socket.write(content);
    socket.uncork?.();
  }
  if (body?.kind === "stream")
    return new Upload(body.reader, framing, socket, owner).start(body.begun, body.next);
  if (content instanceof Blob)
    return new Upload(content.stream().getReader(), framing, socket, owner).start();
  return undefined;
}
