import { type Extension, parseExtensions, serializeExtension } from "./extension-header.ts";

/** Which parameters of permessage-deflate to ask for, and how to compress. */
export interface PerMessageDeflateOptions {
  /** The server forgets its window after every message: less memory, larger messages. Default false. */
  readonly serverNoContextTakeover?: boolean;
  /** The client forgets its window after every message. Default false. */
  readonly clientNoContextTakeover?: boolean;
  /** Base-2 logarithm of the window that the server compresses with, 8 to 15. Default 15. */
  readonly serverMaxWindowBits?: number;
  /** Base-2 logarithm of the window that the client compresses with, 8 to 15. Default 15. */
  readonly clientMaxWindowBits?: number;
  /** Messages below this many bytes are sent as they are. Default 1024; 0 compresses all. */
  readonly thresholdBytes?: number;
  /** 0 (stored) to 9 (smallest). Default 6. */
  readonly level?: number;
  /** 1 to 9: memory of the compressor, 2^(level + 9) bytes beside its window. Default 8. */
  readonly memoryLevel?: number;
}

/** What both sides agreed on (RFC 7692 section 7.1). */
export interface DeflateAgreement {
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  readonly serverMaxWindowBits: number;
  readonly clientMaxWindowBits: number;
  /** The response's `Sec-WebSocket-Extensions`. */
  readonly header: string;
}

const NAME = "permessage-deflate";
const FLAGS = ["server_no_context_takeover", "client_no_context_takeover"] as const;
const MAX_BITS = 15;

/** The parameters of one offer or response. `client_max_window_bits` without a value is `true`. */
interface Parameters {
  server_no_context_takeover?: boolean;
  client_no_context_takeover?: boolean;
  server_max_window_bits?: number;
  client_max_window_bits?: number | true;
}

/** @throws RangeError for options that no handshake can carry. */
export function checkDeflateOptions(options: PerMessageDeflateOptions): void {
  const ranges = [
    ["serverMaxWindowBits", 8, MAX_BITS],
    ["clientMaxWindowBits", 8, MAX_BITS],
    ["level", 0, 9],
    ["memoryLevel", 1, 9],
    ["thresholdBytes", 0, Number.MAX_SAFE_INTEGER],
  ] as const;
  for (const [name, least, most] of ranges) {
    const value = options[name];
    if (value !== undefined && !(Number.isInteger(value) && value >= least && value <= most)) {
      throw new RangeError(
        `perMessageDeflate.${name} is ${value}, wanted an integer from ${least} to ${most}`,
      );
    }
  }
}

/** A client's offer. It always says that it understands `client_max_window_bits`. */
export function offerDeflate(options: PerMessageDeflateOptions): string {
  const parameters: [string, string | true][] = [];
  if (options.serverNoContextTakeover) parameters.push(["server_no_context_takeover", true]);
  if (options.clientNoContextTakeover) parameters.push(["client_no_context_takeover", true]);
  if (options.serverMaxWindowBits !== undefined) {
    parameters.push(["server_max_window_bits", String(options.serverMaxWindowBits)]);
  }
  const bits = options.clientMaxWindowBits;
  parameters.push(["client_max_window_bits", bits === undefined ? true : String(bits)]);
  return serializeExtension({ name: NAME, parameters });
}

/** A server's choice among the offers: the first that is valid, in the client's order of preference. */
export function acceptDeflate(
  offers: readonly Extension[],
  options: PerMessageDeflateOptions,
): DeflateAgreement | undefined {
  for (const extension of offers) {
    const offer = extension.name === NAME ? readParameters(extension) : undefined;
    if (offer !== undefined) return agree(offer, options);
  }
  return undefined;
}

function agree(offer: Parameters, options: PerMessageDeflateOptions): DeflateAgreement {
  const serverNoContextTakeover =
    offer.server_no_context_takeover ?? options.serverNoContextTakeover ?? false;
  const clientNoContextTakeover =
    offer.client_no_context_takeover ?? options.clientNoContextTakeover ?? false;
  const serverMaxWindowBits = Math.min(
    offer.server_max_window_bits ?? MAX_BITS,
    options.serverMaxWindowBits ?? MAX_BITS,
  );
  // Section 7.1.2.2: a client that didn't say that it understands the parameter can't be asked.
  const asked = offer.client_max_window_bits;
  const clientMaxWindowBits =
    asked === undefined
      ? MAX_BITS
      : Math.min(asked === true ? MAX_BITS : asked, options.clientMaxWindowBits ?? MAX_BITS);
  const parameters: [string, string | true][] = [];
  if (serverNoContextTakeover) parameters.push(["server_no_context_takeover", true]);
  if (clientNoContextTakeover) parameters.push(["client_no_context_takeover", true]);
  if (serverMaxWindowBits < MAX_BITS || offer.server_max_window_bits !== undefined) {
    parameters.push(["server_max_window_bits", String(serverMaxWindowBits)]);
  }
  if (clientMaxWindowBits < MAX_BITS)
    parameters.push(["client_max_window_bits", String(clientMaxWindowBits)]);
  return {
    serverNoContextTakeover,
    clientNoContextTakeover,
    serverMaxWindowBits,
    clientMaxWindowBits,
    header: serializeExtension({ name: NAME, parameters }),
  };
}

/**
 * What a server's response to the offer of `options` means.
 * @returns the agreement, `null` where the server took no extension, `undefined` where the response is not one
 * that the offer allows, which fails the connection (RFC 6455 section 9.1, RFC 7692 section 7.1).
 */
export function readDeflateResponse(
  header: string | null,
  options: PerMessageDeflateOptions | undefined,
): DeflateAgreement | null | undefined {
  if (header === null) return null;
  const extensions = parseExtensions(header);
  const extension = extensions?.[0];
  if (options === undefined || extension?.name !== NAME || extensions?.length !== 1) return undefined;
  const response = readParameters(extension);
  if (response === undefined || response.client_max_window_bits === true) return undefined;
  const serverMaxWindowBits = response.server_max_window_bits ?? MAX_BITS;
  const clientMaxWindowBits = response.client_max_window_bits ?? MAX_BITS;
  if (serverMaxWindowBits > (options.serverMaxWindowBits ?? MAX_BITS)) return undefined;
  if (
    clientMaxWindowBits > (options.clientMaxWindowBits ?? MAX_BITS) &&
    "client_max_window_bits" in response
  ) {
    return undefined;
  }
  if (options.serverNoContextTakeover && !response.server_no_context_takeover) return undefined;
  return {
    serverNoContextTakeover: response.server_no_context_takeover ?? false,
    clientNoContextTakeover: response.client_no_context_takeover ?? options.clientNoContextTakeover ?? false,
    serverMaxWindowBits,
    clientMaxWindowBits: Math.min(clientMaxWindowBits, options.clientMaxWindowBits ?? MAX_BITS),
    header,
  };
}

/** Section 7.1: unknown names, repeated names and values out of range make the whole element invalid. */
function readParameters({ parameters }: Extension): Parameters | undefined {
  const read: Parameters = {};
  for (const [name, value] of parameters) {
    if (name in read) return undefined;
    const flag = FLAGS.find((known) => known === name);
    if (flag !== undefined) {
      if (value !== true) return undefined;
      read[flag] = true;
    } else if (name === "client_max_window_bits" && value === true) {
      read[name] = true;
    } else if (name === "client_max_window_bits" || name === "server_max_window_bits") {
      // A decimal integer without leading zeroes.
      if (value === true || !/^(?:[89]|1[0-5])$/.test(value)) return undefined;
      read[name] = Number(value);
    } else {
      return undefined;
    }
  }
  return read;
}
