import { VirtualNetwork, type VirtualNetworkOptions } from "../adapters/virtual/index.ts";
import { WebSocketConnection } from "../websocket/connection.ts";
import type { WebSocketConnectionOptions } from "../websocket/options.ts";
import { FakeClock } from "./fake-clock.ts";
import { settled } from "./turn.ts";
import { parseFrames } from "./websocket-frames.ts";
import { WireClient } from "./wire-client.ts";

export interface Pair {
  readonly connection: WebSocketConnection;
  /** The other end, which speaks bytes. */
  readonly peer: WireClient;
  readonly clock: FakeClock;
  /** What happened on the connection, as `type data` lines. */
  readonly log: string[];
  /** The frames that the connection has sent, `opcode:payload` in latin1; control payloads in hex. */
  frames(): string[];
}

export interface PairOptions extends Partial<WebSocketConnectionOptions> {
  readonly network?: VirtualNetworkOptions;
  /** Leaves the events to the test. */
  readonly silent?: boolean;
  readonly peerPaused?: boolean;
}

/** A connection past its opening handshake over a virtual network, with a peer that can say anything. */
export async function pair(options: PairOptions = {}): Promise<Pair> {
  const { network: networkOptions, silent = false, peerPaused = false, ...rest } = options;
  const network = new VirtualNetwork(networkOptions);
  const listener = await network.listen({ port: 80 });
  const accepted = listener.accept();
  const peer = await WireClient.connect(network, { host: "localhost", port: 80 }, { paused: peerPaused });
  const clock = new FakeClock();
  const connection = new WebSocketConnection(await accepted, { role: "server", clock, ...rest });
  const log: string[] = [];
  if (!silent) record(connection, log);
  return { connection, peer, clock, log, frames: () => parseFrames(peer.bytes).map(describeFrame) };
}

/** Logs every event. */
export function record(connection: WebSocketConnection, log: string[]): void {
  connection.addEventListener("open", () => log.push("open"));
  for (const type of ["message", "ping", "pong"]) {
    connection.addEventListener(type, (event) => log.push(`${type} ${show((event as MessageEvent).data)}`));
  }
  connection.onerror = ({ error }) => {
    log.push(`error ${error instanceof Error && "code" in error ? error.code : error}`);
  };
  connection.onclose = ({ code, reason, wasClean }) => {
    log.push(`close ${code} ${JSON.stringify(reason)} ${wasClean ? "clean" : "unclean"}`);
  };
}

function show(data: unknown): string {
  if (data instanceof ArrayBuffer) return `[${new Uint8Array(data).join(" ")}]`;
  return data instanceof Blob ? `blob of ${data.size}` : JSON.stringify(data);
}

function describeFrame({ first, payload }: { first: number; payload: Uint8Array }): string {
  const text = new TextDecoder().decode(payload);
  const isClose = (first & 0x0f) === 8 && payload.length >= 2;
  return `${first.toString(16)}:${isClose ? payload[0]! * 256 + payload[1]! + text.slice(2) : text}`;
}

export { settled };
