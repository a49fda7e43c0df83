import { octets } from "../http1/octets.ts";
import type { Socket } from "../socket/index.ts";
import type { RequestBody } from "./body.ts";
import type { WireHead } from "./request-writer.ts";
import { Upload, type UploadSink } from "./upload.ts";

/** A request in the form in which a connection sends it. */
export interface WireRequest {
  readonly method: string;
  readonly head: WireHead;
  readonly body: RequestBody | undefined;
}

/** Requests up to this many bytes leave in one write, head and content. */
const MAX_JOINED = 16_384;

const encoder = new TextEncoder();

/**
 * Sends a request. What is in memory leaves at once: the socket holds it, as the caller did before.
 * @returns what goes on to send a body that is a stream
 */
export function sendRequest(
  { head, body }: WireRequest,
  socket: Socket,
  sink: UploadSink,
): Upload | undefined {
  const { text, ascii } = head;
  if (ascii && (body === undefined || (body.kind === "text" && body.length <= MAX_JOINED))) {
    socket.write(body === undefined ? text : text + body.text);
    return undefined;
  }
  const bytes = ascii ? encoder.encode(text) : octets(text);
  if (body?.kind === "bytes" && body.length <= MAX_JOINED) {
    socket.write(joined(bytes, body.bytes), true);
    return undefined;
  }
  socket.write(bytes, true);
  switch (body?.kind) {
    case "text":
      socket.write(body.text);
      return undefined;
    case "bytes":
      socket.write(body.bytes);
      return undefined;
    case "blob":
      return new Upload(body.blob.stream().getReader(), head.framing, sink).start();
    case "stream":
      return new Upload(body.reader, head.framing, sink).start(body.begun, body.next);
    default:
      return undefined;
  }
}

function joined(head: Uint8Array, content: Uint8Array): Uint8Array {
  const all = new Uint8Array(head.length + content.length);
  all.set(head);
  all.set(content, head.length);
  return all;
}
