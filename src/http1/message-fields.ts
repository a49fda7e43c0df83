import type { FieldLines } from "./field-lines.ts";
import type { FramingFields } from "./framing.ts";
import { listElements } from "./list.ts";

/** What the fields that HTTP itself acts on say. One look at each line's length finds them. */
export class MessageFields implements FramingFields {
  readonly #lines: FieldLines;
  /** Index of the Host line, of the last one where there are several, or -1. */
  hostIndex = -1;
  hostLines = 0;
  transferEncoding: readonly string[] = NONE;
  contentLength: readonly string[] = NONE;
  /** `Connection` options that count here (RFC 9112 section 9.3), from every element of every line. */
  close = false;
  keepAlive = false;
  connectionUpgrade = false;
  /** `Expect` as sent. */
  expect: string | undefined;
  hasUpgrade = false;

  constructor(lines: FieldLines) {
    this.#lines = lines;
    const { count } = lines;
    for (let i = 0; i < count; i++) {
      switch (lines.nameLength(i)) {
        case 4:
          if (lines.isNamed(i, "host")) {
            this.hostIndex = i;
            this.hostLines++;
          }
          break;
        case 6:
          if (lines.isNamed(i, "expect")) this.expect = lines.value(i);
          break;
        case 7:
          if (lines.isNamed(i, "upgrade")) this.hasUpgrade = true;
          break;
        case 10:
          if (lines.isNamed(i, "connection")) this.#readConnection(lines.value(i));
          break;
        case 14:
          if (lines.isNamed(i, "content-length"))
            this.contentLength = [...this.contentLength, lines.value(i)];
          break;
        case 17:
          if (lines.isNamed(i, "transfer-encoding"))
            this.transferEncoding = [...this.transferEncoding, lines.value(i)];
          break;
      }
    }
  }

  get host(): string | undefined {
    return this.hostIndex < 0 ? undefined : this.#lines.value(this.hostIndex);
  }

  #readConnection(value: string): void {
    // The two values that nearly every message has, without taking them apart.
    if (value === "keep-alive") this.keepAlive = true;
    else if (value === "close") this.close = true;
    else {
      for (const element of listElements(value)) {
        const option = element.toLowerCase();
        if (option === "close") this.close = true;
        else if (option === "keep-alive") this.keepAlive = true;
        else if (option === "upgrade") this.connectionUpgrade = true;
      }
    }
  }
}

const NONE: readonly string[] = [];
