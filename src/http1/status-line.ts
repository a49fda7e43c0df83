import type { ByteSource } from "./byte-source.ts";
import { LF } from "./chars.ts";
import { ProtocolError } from "./errors.ts";
import { latin1 } from "./octets.ts";
import { readVersion, VERSION_LENGTH } from "./version.ts";

/** Behind the version. */
const REST = /^ ([1-5]\d\d)(?: ([\t -~\x80-\xff]*))?\r\n$/;
const MAX_BYTES = 8192;

/**
 * Reads `HTTP-version SP status-code SP [ reason-phrase ] CRLF` (RFC 9112 section 4). The space behind the
 * code may be missing with the phrase: well-known servers leave it out.
 */
export class StatusLine {
  status = 0;
  minor = 1;
  reason = "";
  begun = false;

  begin(): void {
    this.begun = false;
  }

  /** @returns true once the line was read, false when more octets are needed. */
  read(source: ByteSource): boolean {
    do {
      const { bytes, end, mark } = source;
      if (end > mark) this.begun = true;
      // The first thing that can be judged, and with it what is no HTTP at all.
      if (end - mark < VERSION_LENGTH) continue;
      this.minor = readVersion(bytes, mark);
      const lf = bytes.indexOf(LF, source.pos);
      const found = lf >= 0 && lf < end;
      source.pos = found ? lf + 1 : end;
      if (source.pos - mark > MAX_BYTES) throw invalid(`more than ${MAX_BYTES} bytes`);
      if (found) {
        const [, status, reason = ""] = REST.exec(latin1(bytes, mark + VERSION_LENGTH, lf + 1)) ?? [];
        if (!status) throw invalid("wanted a status code, a phrase and CRLF");
        this.status = Number(status);
        this.reason = reason;
        return true;
      }
    } while (source.extend());
    return false;
  }
}

function invalid(what: string): ProtocolError {
  return new ProtocolError("InvalidStatusLine", 502, what);
}
