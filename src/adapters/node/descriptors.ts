/** Not imported: Node makes every export of a module that is, a millisecond of each program's start. */
const fs: typeof import("node:fs") | undefined = process.getBuiltinModule?.("node:fs");

/** Descriptors that no new connection gets: an eighth of all, and no more than these. */
const MAX_RESERVE = 64;

/**
 * How many descriptors the process has open, and how many it may have.
 *
 * Strategy: `active` is asked before every accept, so it is a sample of the process's real count plus the
 * sockets that this network opened and closed since. The sample is renewed when it is a second old, or later
 * if taking it was slow: it may cost a thousandth of the time. Files and sockets that other code opens are
 * therefore seen with a delay of about a second; this network's own sockets are seen at once.
 *
 * The limit is read once: Node raises the soft limit to the hard one at its start and never changes it.
 */
export class Descriptors {
  #own = 0;
  #others = 0;
  #sampleAgainAt = 0;
  #max: number | undefined | "unread" = "unread";

  opened(): void {
    this.#own++;
  }

  closed(): void {
    this.#own--;
  }

  count(): { active: number; max: number | undefined } {
    if (this.#max === "unread") this.#max = readLimit();
    const time = now();
    if (time >= this.#sampleAgainAt) this.#sample(time);
    return { active: this.#own + this.#others, max: this.#max };
  }

  /** Whether there are so few left that they are for what is open already: files of an answer, connections to a database. */
  get short(): boolean {
    // A connection alone is let in unasked: the question takes two milliseconds of the first answer's.
    if (this.#own <= 1) return false;
    const { active, max = Infinity } = this.count();
    return active + Math.min(MAX_RESERVE, max / 8) >= max;
  }

  #sample(startedAt: number): void {
    const open = countOpen();
    this.#others = open === undefined ? 0 : Math.max(0, open - this.#own);
    const endedAt = now();
    this.#sampleAgainAt = endedAt + Math.max(1000, (endedAt - startedAt) * 1000);
  }
}

/** Milliseconds. Node 20 loads `performance` for whoever asks first, which takes longer than all of a first answer. */
const now = () => process.uptime() * 1000;

/** Linux 6.2 gives the count as the directory's size (about 6 µs); before it, and on macOS, the entries are counted. */
function countOpen(): number | undefined {
  if (fs === undefined) return undefined;
  try {
    const counted = fs.statSync("/proc/self/fd").size;
    if (counted > 0) return counted;
  } catch {
    // Not Linux.
  }
  try {
    return fs.readdirSync("/dev/fd").length - 1; // the directory itself was open while it was read
  } catch {
    return undefined;
  }
}

/** The soft limit of open files, `undefined` where there is none (Windows, "unlimited") or it can't be read. */
function readLimit(): number | undefined {
  try {
    if (fs === undefined) return limitFromReport();
    const line = /^Max open files\s+(\d+)/m.exec(fs.readFileSync("/proc/self/limits", "latin1"));
    return line?.[1] === undefined ? undefined : Number(line[1]);
  } catch {
    return limitFromReport();
  }
}

/** Node's diagnostic report knows the limit on every POSIX system, but takes milliseconds to write. */
function limitFromReport(): number | undefined {
  const written: unknown = process.report?.getReport();
  const limits = field(field(written, "userLimits"), "open_files");
  const soft = field(limits, "soft");
  return typeof soft === "number" ? soft : undefined;
}

function field(of: unknown, name: string): unknown {
  return typeof of === "object" && of !== null ? (of as Record<string, unknown>)[name] : undefined;
}
