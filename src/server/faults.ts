import { ProtocolError } from "../http1/errors.ts";

/** The peer closed before its message was whole. */
export function incomplete(): ProtocolError {
  return new ProtocolError("IncompleteMessage", 400);
}

/** What is refused by its status alone, as an error; `undefined` for what is no fault of the client's. */
export function faultOf(status: number): ProtocolError | undefined {
  if (status === 400) return incomplete();
  if (status === 408) return new ProtocolError("RequestTimeout", 408);
  return status === 413 ? new ProtocolError("BodyTooLarge", 413) : undefined;
}
