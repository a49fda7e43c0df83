/**
 * A document of the playground's own origin that a WebContainer is booted in, and that is thrown away when that fails:
 * the client library keeps what never came in its module, and can't be asked twice.
 */

import type { WebContainerLike } from "../../src/adapters/webcontainer/api.ts";
import { bootWebContainer } from "../../src/adapters/webcontainer/boot.ts";
import { containerHost } from "../../src/adapters/webcontainer/detect.ts";
import { READY } from "../frame/protocol.ts";

declare global {
  interface Window {
    /** Boots from the host, or from the client library's own. @throws ContainerError */
    bootWebContainer?(host: string | undefined): Promise<WebContainerLike>;
  }
}

window.bootWebContainer = (host) => {
  const origin = containerHost(host);
  const policy = document.createElement("meta");
  policy.httpEquiv = "Content-Security-Policy";
  policy.content = `default-src 'none'; script-src 'self'; frame-src ${origin}; connect-src 'self' ${origin}`;
  document.head.append(policy);
  return bootWebContainer({ host: origin });
};
parent.postMessage(READY, location.origin);
