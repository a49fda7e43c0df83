/** An exchange as a picture: two lifelines, and an arrow for each segment that leans as long as it was under way. */
import { h, s } from "../app/dom.ts";
import { describeRow, sizeOf } from "./describe.ts";
import type { Connection, Row } from "./recorder.ts";

/** Arrows drawn: a picture of more is none. */
const MAX_ARROWS = 60;
const WIDTH = 640;
const CLIENT = 150;
const SERVER = 490;
const TOP = 44;
const STEP = 30;

/** The rows to be drawn: those of one connection, the newest ones. */
export function rowsToDraw(rows: readonly Row[], connection: Connection | undefined): readonly Row[] {
  return rows.filter((row) => row.connection === connection).slice(-MAX_ARROWS);
}

export function sequenceDiagram(rows: readonly Row[], startedAt: number): HTMLElement {
  const panel = h("div", {
    class: "sequence",
    tabindex: 0,
    role: "group",
    "aria-label": "Sequence of the exchange",
  });
  if (rows.length === 0) {
    panel.append(h("p", { class: "empty" }, "Send a request to see the exchange."));
    return panel;
  }
  const places = new Moments(rows);
  const height = TOP + places.count * STEP + 24;
  const connection = rows[0]?.connection;
  const title = connection ? `Connection ${connection.id} to port ${connection.port}` : "No connection";
  const svg = s("svg", {
    viewBox: `0 0 ${WIDTH} ${height}`,
    width: WIDTH,
    height,
    role: "img",
    "aria-label": `${title}: ${rows.map(describeRow).join(", ")}`,
  });
  svg.append(
    marker("toServer"),
    marker("toClient"),
    s("text", { x: CLIENT, y: 24, "text-anchor": "middle" }, "Client"),
    s(
      "text",
      { x: SERVER, y: 24, "text-anchor": "middle" },
      connection ? `Server :${connection.port}` : "Server",
    ),
    s("line", { class: "life", x1: CLIENT, x2: CLIENT, y1: 32, y2: height - 8 }),
    s("line", { class: "life", x1: SERVER, x2: SERVER, y1: 32, y2: height - 8 }),
    ...rows.flatMap((row) => drawn(row, places, startedAt)),
  );
  panel.append(svg);
  return panel;
}

function drawn(row: Row, places: Moments, startedAt: number): Node[] {
  const y = TOP + places.of(row) * STEP;
  const when = s(
    "text",
    { class: "when", x: CLIENT - 14, y: y + 4, "text-anchor": "end" },
    `${(row.time - startedAt).toFixed(0)} ms`,
  );
  if (row.type !== "segment" && row.type !== "end") {
    const fault = row.type === "failed" || row.type === "reset";
    const label = s(
      "text",
      { class: fault ? "fault" : "when", x: (CLIENT + SERVER) / 2, y: y + 4, "text-anchor": "middle" },
      describeRow(row),
    );
    return [when, label];
  }
  const lean = Math.min(
    STEP * 0.6,
    Math.max(0, row.time - row.sentAt) / 10 + (row.time > row.sentAt ? 4 : 0),
  );
  const [from, to] = row.direction === "toServer" ? [CLIENT + 2, SERVER - 4] : [SERVER - 2, CLIENT + 4];
  const line = s("line", {
    class: row.direction,
    x1: from,
    x2: to,
    y1: y - lean,
    y2: y,
    "stroke-width": 1.5,
    "marker-end": `url(#arrow-${row.direction})`,
    ...(row.type === "end" && { "stroke-dasharray": "5 4" }),
  });
  const label = row.type === "end" ? "end (half-close)" : `${describeRow(row)}`;
  const room = 46;
  const text = s(
    "text",
    { class: row.direction, x: (CLIENT + SERVER) / 2, y: y - lean / 2 - 5, "text-anchor": "middle" },
    label.length > room ? `${label.slice(0, room - 1)}…` : label,
  );
  const size =
    row.type === "segment"
      ? [s("text", { class: "when", x: SERVER + 14, y: y + 4 }, sizeOf(row.to - row.from))]
      : [];
  return [when, line, text, ...size];
}

function marker(direction: string): SVGElement {
  const arrow = s("marker", {
    id: `arrow-${direction}`,
    viewBox: "0 0 8 8",
    refX: 7,
    refY: 4,
    markerWidth: 8,
    markerHeight: 8,
    orient: "auto",
  });
  arrow.append(s("path", { class: direction, d: "M0 0 8 4 0 8z", stroke: "none" }));
  return s("defs", {}, arrow);
}

/** Rows one below the other, with a little more room where time went by. */
class Moments {
  readonly #places = new Map<Row, number>();
  readonly count: number;

  constructor(rows: readonly Row[]) {
    let place = 0.5;
    let before = rows[0]?.time ?? 0;
    for (const row of rows) {
      const pause = row.time - before;
      if (pause > 50) place += Math.min(1.5, Math.log10(pause / 50));
      this.#places.set(row, place);
      place += 1;
      before = row.time;
    }
    this.count = place;
  }

  of(row: Row): number {
    return this.#places.get(row) ?? 0;
  }
}
