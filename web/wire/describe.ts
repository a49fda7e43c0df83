/** Rows in words. */
import type { Item } from "./items.ts";
import type { Row, SegmentRow } from "./recorder.ts";

/** What happened, in a few words. */
export function describeRow(row: Row): string {
  switch (row.type) {
    case "segment":
      return describeSegment(row);
    case "open":
      return `connection ${row.connection.id} to port ${row.connection.port} opened`;
    case "end":
      return row.direction === "toServer" ? "client has sent all" : "server has sent all";
    case "close":
      return `connection ${row.connection.id} closed`;
    case "reset":
      return `connection ${row.connection.id} reset`;
    case "failed":
      return `no connection to port ${row.port}: ${row.code}`;
  }
}

export function itemsOf(row: SegmentRow): Item[] {
  return row.connection.flows[row.direction].annotator.items.within(row.from, row.to);
}

function describeSegment(row: SegmentRow): string {
  const items = itemsOf(row);
  if (items.length === 0) return "part of a line";
  const parts: string[] = [];
  let fields = 0;
  for (const item of items) {
    if (item.kind === "field") fields++;
    else if (item.kind === "problem") parts.unshift(`not valid: ${item.detail ?? ""}`);
    else if (item.kind === "blank" || item.kind === "chunk-end") continue;
    else parts.push(nameOf(item, row));
    if (parts.length > 8) break;
  }
  if (fields > 0) parts.splice(parts.length > 0 ? 1 : 0, 0, fields === 1 ? "1 field" : `${fields} fields`);
  return parts.length > 0 ? parts.join(" · ") : "end of a section";
}

function nameOf(item: Item, row: SegmentRow): string {
  const bytes = Math.min(item.to, row.to) - Math.max(item.from, row.from);
  switch (item.kind) {
    case "request-line":
    case "status-line":
      return item.detail ?? item.label;
    case "trailer":
      return `trailer ${item.detail ?? ""}`;
    case "chunk-data":
    case "body":
      return `${item.kind === "body" ? "body" : "data"} ${sizeOf(bytes)}`;
    case "frame-payload":
      return item.detail ? JSON.stringify(item.detail) : `payload ${sizeOf(bytes)}`;
    default:
      return item.label.toLowerCase();
  }
}

export function sizeOf(bytes: number): string {
  if (bytes < 10_000) return `${bytes} B`;
  if (bytes < 10_000_000) return `${(bytes / 1000).toFixed(bytes < 100_000 ? 1 : 0)} kB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

export function timeOf(ms: number): string {
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
