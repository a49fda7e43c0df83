/**
 * From a request target to the names of a path, RFC 9112 section 3.2 and RFC 3986 section 3.3.
 *
 * Strategy: work on the target as sent and not on a `URL`, which would already have resolved `..`, joined
 * `\` to `/` and dropped tabs. Split at `/` first, decode each segment exactly once after that, then look
 * at what came out. A segment that means anything but a plain name on any platform is refused, not
 * mended: no client sends one by accident.
 */

/** Where a request target leads. */
export type TargetPath =
  | {
      readonly kind: "path";
      /** Decoded names. The root is `[]`. */
      readonly segments: readonly string[];
      /** The path ended in `/`: it asks for a directory. */
      readonly directory: boolean;
      /** The query with its `?`, as sent, or empty. */
      readonly query: string;
    }
  /** `*`, the server as a whole. */
  | { readonly kind: "server" }
  /** 400: no proper target at all. 404: a proper one, but never the name of a file. */
  | { readonly kind: "refused"; readonly status: 400 | 404 };

const MALFORMED: TargetPath = { kind: "refused", status: 400 };
const NO_FILE: TargetPath = { kind: "refused", status: 404 };

/** Visible ASCII; the target's grammar allows less, which is the HTTP reader's to check. */
const VISIBLE = /^[\x21-\x7e]+$/;

/** `absolute-form` up to its path: the schemes that a server of HTTP may be asked for. */
const ORIGIN = /^https?:\/\/[^/?#]+/i;

/** Reads a request target in origin-form, absolute-form or asterisk-form. */
export function parseTargetPath(target: string): TargetPath {
  if (!VISIBLE.test(target) || target.includes("#")) return MALFORMED;
  if (target === "*") return { kind: "server" };
  let rest = target;
  if (!target.startsWith("/")) {
    const origin = ORIGIN.exec(target);
    if (origin === null) return MALFORMED;
    rest = target.slice(origin[0].length);
  }
  const mark = rest.indexOf("?");
  const path = mark < 0 ? rest : rest.slice(0, mark);
  const query = mark < 0 ? "" : rest.slice(mark);

  const parts = path.slice(1).split("/");
  const directory = parts[parts.length - 1] === "";
  if (directory) parts.pop();
  for (let i = 0; i < parts.length; i++) {
    const name = decodeSegment(parts[i] ?? "");
    if (name === undefined) return MALFORMED;
    if (!isPlainName(name)) return NO_FILE;
    parts[i] = name;
  }
  return { kind: "path", segments: parts, directory, query };
}

/** Takes percent-encoding off, once. `undefined` for a broken triplet, bytes that are no UTF-8, or NUL. */
function decodeSegment(segment: string): string | undefined {
  if (!segment.includes("%")) return segment;
  let name: string;
  try {
    // Takes neither overlong forms nor surrogates, and no `%` without two digits.
    name = decodeURIComponent(segment);
  } catch {
    return undefined;
  }
  return name.includes("\0") ? undefined : name;
}

/** Half of a character is in no target either: it has no UTF-8. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const NEVER_IN_A_NAME = /[/\\\x00-\x1f\x7f\ud800-\udfff]/u;

/** `C:`, with whatever follows: on Windows it leaves the root. */
const DRIVE = /^[a-z]:/i;

/** Names that Windows opens as a device in every directory, with or without an extension. */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(?:[.:]|$)/i;

/**
 * Whether a decoded segment can only be the name of something inside its directory. Windows' rules hold
 * everywhere, so that what is served doesn't depend on the machine.
 */
export function isPlainName(name: string): boolean {
  if (name === "" || name === "." || name === "..") return false;
  return !NEVER_IN_A_NAME.test(name) && !DRIVE.test(name) && !DEVICE.test(name);
}

/** Writes names as an absolute path, every one encoded so that it can't be read as anything else. */
export function formatPath(segments: readonly string[], directory: boolean): string {
  const path = segments.map((name) => `/${encodeURIComponent(name)}`).join("");
  return directory || path === "" ? `${path}/` : path;
}
