/** Values as text for the console: short, never endless, and safe against objects that fight back. */

const MAX_DEPTH = 4;
const MAX_ITEMS = 100;

/** What `console.log(...values)` shows, the format directives %s %d %i %f %o %O %c %% included. */
export function formatAll(values: readonly unknown[]): string {
  const [first, ...others] = values;
  if (typeof first !== "string" || !first.includes("%")) return values.map(shown).join(" ");
  const rest = [...others];
  const text = first.replace(/%([sdifoOc%])/g, (directive, letter: string) => {
    if (letter === "%") return "%";
    if (rest.length === 0) return directive;
    const value = rest.shift();
    if (letter === "c") return "";
    if (letter === "s") return shown(value);
    if (letter === "d" || letter === "f") return String(numberOf(value));
    if (letter === "i") return String(Math.trunc(numberOf(value)));
    return inspect(value);
  });
  return [text, ...rest.map(shown)].join(" ");
}

/** Symbols, and objects that fight back, are no numbers. */
function numberOf(value: unknown): number {
  try {
    return Number(value);
  } catch {
    return Number.NaN;
  }
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : inspect(value);
}

/** A value in the manner of source text. */
export function inspect(value: unknown): string {
  try {
    return describe(value, 0, []);
  } catch {
    return "[a value that can't be shown]";
  }
}

function describe(value: unknown, depth: number, above: readonly object[]): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return `[function ${value.name || "(anonymous)"}]`;
  if (typeof value !== "object" || value === null) return String(value);
  if (value instanceof Error) return describeError(value, depth, above);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  if (value instanceof RegExp || value instanceof URL) return String(value);
  if (above.includes(value)) return "[circular]";
  if (depth >= MAX_DEPTH) return Array.isArray(value) ? "[…]" : "{…}";
  return describeObject(value, depth, [...above, value]);
}

function describeError(error: Error, depth: number, above: readonly object[]): string {
  if (above.includes(error)) return "[circular]";
  const text = error.stack?.includes(error.message) ? error.stack : String(error);
  if (!Object.hasOwn(error, "cause") || depth >= MAX_DEPTH) return text;
  return `${text}\n[cause]: ${describe(error.cause, depth + 1, [...above, error])}`;
}

function describeObject(value: object, depth: number, above: readonly object[]): string {
  const inner = (part: unknown) => describe(part, depth + 1, above);
  if (Array.isArray(value)) return `[${listed(value.length, (index) => inner(value[index]))}]`;
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    const { length } = value as Uint8Array;
    return `${value.constructor.name}(${length}) [${listed(length, (index) => inner((value as Uint8Array)[index]))}]`;
  }
  if (value instanceof Map) {
    const entries = [...value];
    return `Map(${value.size}) {${listed(entries.length, (at) => entries[at]!.map(inner).join(" => "))}}`;
  }
  if (value instanceof Set) {
    const items = [...value];
    return `Set(${value.size}) {${listed(items.length, (at) => inner(items[at]))}}`;
  }
  const name = Object.getPrototypeOf(value)?.constructor?.name ?? "";
  const iterable = value as Partial<Iterable<unknown>>;
  const plain = name === "Object" || name === "";
  if (!plain && name.endsWith("Headers") && iterable[Symbol.iterator]) {
    return `${name} ${inner(Object.fromEntries(value as Iterable<[string, string]>))}`;
  }
  const keys = Object.keys(value);
  const text = listed(keys.length, (at) => {
    const key = keys[at]!;
    return `${/^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key)}: ${inner((value as Record<string, unknown>)[key])}`;
  });
  return `${plain ? "" : `${name} `}{${text && ` ${text} `}}`;
}

function listed(count: number, item: (index: number) => string): string {
  const shownItems = Array.from({ length: Math.min(count, MAX_ITEMS) }, (_, index) => item(index));
  if (count > MAX_ITEMS) shownItems.push(`… ${count - MAX_ITEMS} more`);
  return shownItems.join(", ");
}
