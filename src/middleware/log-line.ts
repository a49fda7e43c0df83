/** What the access log says of one request. */
export interface LogEntry {
  /** Address of the client. */
  readonly client: string;
  /** When the request was handed over, in milliseconds since the Unix epoch. */
  readonly time: number;
  readonly method: string;
  readonly target: string;
  readonly protocol: string;
  readonly status: number;
  /** Bytes of content that were handed to the connection: without header section and chunk framing. */
  readonly bytes: number;
  readonly referer: string | null;
  readonly userAgent: string | null;
  /** Until the response was handed over or broken off. */
  readonly milliseconds: number;
}

/**
 * Writes the combined log format of Apache and nginx, in UTC, with the duration behind it:
 *
 *     127.0.0.1 - - [02/Jan/2026:03:04:05 +0000] "GET / HTTP/1.1" 200 612 "-" "curl/8.5.0" 0.8ms
 */
export function formatLogLine(entry: LogEntry): string {
  const request = `${quotable(entry.method)} ${quotable(entry.target)} ${quotable(entry.protocol)}`;
  const bytes = entry.bytes === 0 ? "-" : String(entry.bytes);
  const about = `"${quotable(entry.referer ?? "-")}" "${quotable(entry.userAgent ?? "-")}"`;
  const duration = `${entry.milliseconds.toFixed(1)}ms`;
  return `${quotable(entry.client)} - - [${formatTime(entry.time)}] "${request}" ${entry.status} ${bytes} ${about} ${duration}`;
}

/** `02/Jan/2026:03:04:05 +0000` */
function formatTime(ms: number): string {
  const [, day, month, year, time] = new Date(ms).toUTCString().split(" ");
  return `${day}/${month}/${year}:${time} +0000`;
}

/** What came from the client can't end the line, close a quote or drive the terminal. */
function quotable(text: string): string {
  return text.replace(/["\\]|[^\x20-\x7e]/g, (character) => {
    const code = character.charCodeAt(0);
    return code < 256
      ? `\\x${code.toString(16).padStart(2, "0")}`
      : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}
