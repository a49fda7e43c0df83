/** The questions about addresses that `net` answers. Its sockets are Portico's: see `portico/virtual`. */
import { missing } from "../errors.ts";

const OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const IPV4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`);

export function isIPv4(text: string): boolean {
  return IPV4.test(text);
}

/** RFC 4291 section 2.2, in the URL Standard's reading; a zone id may follow. */
export function isIPv6(text: string): boolean {
  const address = String(text).replace(/%[\w.-]+$/, "");
  return address.includes(":") && /^[\da-f:.]+$/i.test(address) && URL.canParse(`http://[${address}]/`);
}

/** 4, 6, or 0 for what is no address. */
export function isIP(text: string): 0 | 4 | 6 {
  if (isIPv4(text)) return 4;
  return isIPv6(text) ? 6 : 0;
}

/** Can be extended and compared with, not made. */
export class Socket {
  constructor() {
    throw missing("net.Socket");
  }
}

/** Can be extended and compared with, not made. */
export class Server {
  constructor() {
    throw missing("net.Server", "use createServer from portico/node-http");
  }
}

/** @throws NodeHttpError */
export function createServer(): never {
  throw missing("net.createServer()", "use createServer from portico/node-http");
}

/** @throws NodeHttpError */
export function connect(): never {
  throw missing("net.connect()", "use createFetch from portico/client");
}

export { connect as createConnection };
