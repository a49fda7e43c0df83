/**
 * HTTP-date, RFC 9110 section 5.6.7: written as IMF-fixdate, read in all three formats.
 *
 * Strategy: fixed tables and UTC arithmetic. `Date.parse` is never asked, because it takes local times,
 * offsets and half a dozen spellings that are no HTTP-date.
 */

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;
const LONG_DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

const two = (n: number): string => (n < 10 ? `0${n}` : String(n));

/**
 * Writes a time as IMF-fixdate, the only format that may be sent.
 *
 * @param ms Milliseconds since the Unix epoch; the fraction of a second is cut off.
 * @throws RangeError outside the years 0000 to 9999, which the format can't express.
 *
 * @example
 * ```ts
 * import { formatHttpDate } from "./date.ts";
 *
 * formatHttpDate(784111777000); // "Sun, 06 Nov 1994 08:49:37 GMT"
 * ```
 */
export function formatHttpDate(ms: number): string {
  const date = new Date(ms);
  const year = date.getUTCFullYear();
  if (!(year >= 0 && year <= 9999)) throw new RangeError("an HTTP-date needs a year from 0000 to 9999");
  const day = `${DAYS[date.getUTCDay()]}, ${two(date.getUTCDate())} ${MONTHS[date.getUTCMonth()]}`;
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  return `${day} ${String(year).padStart(4, "0")} ${time} GMT`;
}

const TIME = String.raw`(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)`;
const MONTH = `(?<month>${MONTHS.join("|")})`;
const SHORT_DAY = `(?<weekday>${DAYS.join("|")})`;

/** The three productions of HTTP-date. Names are case-sensitive and every space is exactly one. */
const FORMATS = [
  // IMF-fixdate = day-name "," SP date1 SP time-of-day SP GMT
  new RegExp(String.raw`^${SHORT_DAY}, (?<day>\d\d) ${MONTH} (?<year>\d{4}) ${TIME} GMT$`),
  // rfc850-date = day-name-l "," SP day "-" month "-" 2DIGIT SP time-of-day SP GMT
  new RegExp(
    String.raw`^(?<weekday>${LONG_DAYS.join("|")}), (?<day>\d\d)-${MONTH}-(?<year>\d\d) ${TIME} GMT$`,
  ),
  // asctime-date = day-name SP month SP ( 2DIGIT / ( SP 1DIGIT )) SP time-of-day SP 4DIGIT
  new RegExp(String.raw`^${SHORT_DAY} ${MONTH} (?<day>\d\d| \d) ${TIME} (?<year>\d{4})$`),
] as const;

/**
 * Reads an HTTP-date in any of the three formats.
 *
 * Stricter than the grammar in one way: a day that the month doesn't have is no date. The name of the
 * weekday has to be one, but is not held against the date, as deployed senders get it wrong.
 *
 * @param text The field value, without whitespace around it.
 * @param now The current time, which decides the century of an rfc850-date: a year that would be more
 * than 50 years ahead is taken from the century before.
 * @returns Milliseconds since the Unix epoch, `undefined` when it is no HTTP-date.
 *
 * @example
 * ```ts
 * import { parseHttpDate } from "./date.ts";
 *
 * parseHttpDate("Sunday, 06-Nov-94 08:49:37 GMT"); // 784111777000
 * ```
 */
export function parseHttpDate(text: string, now: number = Date.now()): number | undefined {
  // No format is shorter or longer, and most calls get the text that we wrote ourselves.
  if (text.length < 24 || text.length > 33) return undefined;
  for (const format of FORMATS) {
    const fields = format.exec(text)?.groups;
    if (fields !== undefined) return toTime(fields, now);
  }
  return undefined;
}

function toTime(fields: Record<string, string | undefined>, now: number): number | undefined {
  const month = MONTHS.indexOf(fields.month as (typeof MONTHS)[number]);
  const [day, hour, minute, second] = [fields.day, fields.hour, fields.minute, fields.second].map(Number);
  if (day === undefined || hour === undefined || minute === undefined || second === undefined)
    return undefined;
  // second = 2DIGIT; 60 is a leap second and counts as the one after
  if (hour > 23 || minute > 59 || second > 60) return undefined;

  const digits = fields.year ?? "";
  const at = (year: number): number => utc(year, month, day, hour, minute, second);
  if (digits.length === 4) return validDay(Number(digits), month, day) ? at(Number(digits)) : undefined;

  const thisYear = new Date(now).getUTCFullYear();
  let year = thisYear - (thisYear % 100) + Number(digits);
  if (at(year) > utcYearsLater(now, 50)) year -= 100;
  return validDay(year, month, day) ? at(year) : undefined;
}

/** `Date.UTC` would take the years 0 to 99 for 1900 to 1999. */
function utc(year: number, month: number, day: number, hour: number, minute: number, second: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  return date.setUTCHours(hour, minute, second, 0);
}

function utcYearsLater(ms: number, years: number): number {
  const date = new Date(ms);
  return date.setUTCFullYear(date.getUTCFullYear() + years);
}

function validDay(year: number, month: number, day: number): boolean {
  const date = new Date(0);
  date.setUTCFullYear(year, month + 1, 0);
  return day >= 1 && day <= date.getUTCDate();
}
