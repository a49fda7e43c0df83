/**
 * The playground's foothold on the origin of previews: a page that nobody sees, in a frame of the playground. It gives
 * real URLs of its origin to a network that the playground has, by a port. Previews are of the same origin and can do
 * with this page what they like; all that they get hold of is their own program's network.
 */

import { BridgeError, exposeNetwork } from "../../src/adapters/service-worker/index.ts";
import { MessagePortNetwork } from "../../src/adapters/virtual/index.ts";
import { READY } from "../frame/protocol.ts";
import { answerSockets } from "./dock-sockets.ts";
import { PREVIEW_POLICY } from "./policy.ts";
import type { DockOrder, DockReport } from "./protocol.ts";

/** The text of `socket.ts`, put in by the build. */
declare const PREVIEW_SOCKET: string;

addEventListener("message", ({ source, ports: [control] }) => {
  if (source !== parent || !control) return;
  control.onmessage = ({ data, ports: [link] }: MessageEvent<DockOrder>) => {
    if (link) void dock(data, control, link);
  };
});
parent.postMessage(READY, "*");

async function dock({ isolated }: DockOrder, control: MessagePort, link: MessagePort): Promise<void> {
  const tell = (report: DockReport) => control.postMessage(report);
  try {
    const network = new MessagePortNetwork(link, { heartbeatMs: 0 });
    const { session } = await exposeNetwork(network, {
      scope: "/",
      worker: "/portico-sw.js",
      policy: PREVIEW_POLICY,
      markup: `<script>${PREVIEW_SOCKET}</script>`,
      ...(isolated && { isolation: "require-corp" }),
      onOutdated: () => tell({ type: "outdated" }),
    });
    answerSockets(network, session);
    tell({ type: "docked", session });
  } catch (error) {
    tell({ type: "failed", code: error instanceof BridgeError ? error.code : "Unknown" });
  }
}
