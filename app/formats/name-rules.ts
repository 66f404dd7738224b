import { z } from "zod";
import type { ContactDirection } from "./contact-facts.ts";
import { groupsInName, longestPattern, namePatternFault } from "./name-pattern.ts";
import { instantInZone, isTimeZone } from "./zoned-time.ts";

/*
 * What names of files say of calls, by patterns that a person can change. Source of the fields, of the way names are prepared
 * and of the names of the date's parts: amazon-transcribe-post-call-analytics ("PCA"). Its own patterns miss what stands at the
 * end of a name (`_AGENT_X.wav`), because they ask for an underscore behind; Earmark's take the end as well.
 */

const patternSchema = z
  .string()
  .max(longestPattern)
  .refine((pattern) => namePatternFault(pattern) === null, "This is no pattern that can be read.");

/** What is read off names of files. An empty pattern reads nothing. */
export const nameRulesSchema = z.object({
  /** Its groups are the parts of the date, in the order of `dateParts`. */
  date: patternSchema.default("(\\d{4})-(\\d{2})-(\\d{2})T(\\d{2})-(\\d{2})-(\\d{2})"),
  /** As Python's strptime names them, with spaces in between. */
  dateParts: z
    .string()
    .max(100)
    .refine((parts) => parts.split(" ").every((part) => Object.hasOwn(partNames, part)), "There is no such part of a date.")
    .default("%Y %m %d %H %M %S"),
  /** The zone of the place of the call: dates in names seldom say theirs. */
  timeZone: z.string().refine(isTimeZone, "There is no such time zone.").default("UTC"),
  contact: patternSchema.default("_GUID_(.*?)(?:_|\\.[^.]*$|$)"),
  agent: patternSchema.default("_AGENT_(.*?)(?:_|\\.[^.]*$|$)"),
  customer: patternSchema.default("_CUST_(.*?)(?:_|\\.[^.]*$|$)"),
  queue: patternSchema.default("(?i)(?:^|_)QUEUE_([^_.]{1,80})(?:[_.]|$)"),
  direction: patternSchema.default("(?i)(?:^|[_.\\s-])(?:DIR(?:ECTION)?[_-])?(inbound|outbound|internal)(?:[_.\\s-]|$)"),
});
/** What is read off names of files. */
export type NameRules = z.infer<typeof nameRulesSchema>;

/** What is read unless a person has set otherwise. */
export const usualNameRules: NameRules = nameRulesSchema.parse({});

/** PCA's own patterns, for whoever has to have exactly what it reads. */
export const postCallAnalyticsRules: NameRules = nameRulesSchema.parse({
  contact: "_GUID_(.*?)_",
  agent: "_AGENT_(.*?)_",
  customer: "_CUST_(.*?)_",
  queue: "",
  direction: "",
});

/** What was read off a name; null where it does not say. */
export interface NameReading {
  /** ISO 8601 UTC. */
  readonly startedAt: string | null;
  readonly timeZone: string | null;
  readonly contactId: string | null;
  readonly agent: string | null;
  readonly customer: string | null;
  readonly queue: string | null;
  readonly direction: ContactDirection | null;
}

/** A path as PCA looks at it: slashes, spaces and colons are dashes, the ending stays. */
export function preparedName(path: string): string {
  return path.replaceAll(/[/\\ :]/gu, "-");
}

/** Reads what a file's path below the folder or prefix it came from says of the call. */
export function readName(path: string, rules: NameRules = usualNameRules): NameReading {
  const name = preparedName(path);
  const startedAt = dateIn(name, rules);
  const direction = directionSchema.safeParse(textIn(rules.direction, name)?.toLowerCase());
  return {
    startedAt,
    timeZone: startedAt === null ? null : rules.timeZone,
    contactId: textIn(rules.contact, name),
    agent: textIn(rules.agent, name),
    customer: textIn(rules.customer, name),
    queue: textIn(rules.queue, name),
    direction: direction.success ? direction.data : null,
  };
}

const directionSchema = z.enum(["inbound", "outbound", "internal"]);

/** What stands for nothing in names that other programs made. */
const nothing = /^(?:none|null|undefined|unknown|n-?a|)$/iu;

function textIn(pattern: string, name: string): string | null {
  const text = groupsInName(pattern, name)
    ?.filter((group) => group !== "")
    .join(" ")
    .trim()
    .slice(0, 200);
  return text === undefined || nothing.test(text) ? null : text;
}

interface DateParts {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  millisecond: number;
  afternoon: boolean | null;
}

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

function numbered(name: Exclude<keyof DateParts, "afternoon">): (parts: DateParts, text: string) => void {
  return (parts, text) => {
    parts[name] = /^\d{1,6}$/u.test(text) ? Number(text) : Number.NaN;
  };
}

function namedMonth(parts: DateParts, text: string): void {
  parts.month = months.indexOf(text.slice(0, 3).toLowerCase()) + 1 || Number.NaN;
}

/** The parts of a date as strptime names them: https://docs.python.org/3/library/datetime.html#format-codes */
const partNames: Readonly<Record<string, (parts: DateParts, text: string) => void>> = {
  "%Y": numbered("year"),
  "%y": (parts, text) => {
    // POSIX: 69 to 99 are of the last century.
    parts.year = /^\d\d$/u.test(text) ? Number(text) + (Number(text) >= 69 ? 1900 : 2000) : Number.NaN;
  },
  "%m": numbered("month"),
  "%b": namedMonth,
  "%B": namedMonth,
  "%d": numbered("day"),
  "%H": numbered("hour"),
  "%I": numbered("hour"),
  "%p": (parts, text) => {
    parts.afternoon = text.toLowerCase() === "pm";
  },
  "%M": numbered("minute"),
  "%S": numbered("second"),
  // A fraction of a second, however many digits it has.
  "%f": (parts, text) => {
    parts.millisecond = /^\d{1,6}$/u.test(text) ? Math.floor(Number(`0.${text}`) * 1_000) : Number.NaN;
  },
};

function dateIn(name: string, { date, dateParts, timeZone }: NameRules): string | null {
  const groups = groupsInName(date, name);
  const names = dateParts.split(" ");
  if (groups === null || groups.length < names.length) return null;
  const parts: DateParts = { year: Number.NaN, month: 1, day: 1, hour: 0, minute: 0, second: 0, millisecond: 0, afternoon: null };
  for (const [index, part] of names.entries()) partNames[part]?.(parts, groups[index] ?? "");
  const { year, month, day, minute, second, millisecond, afternoon } = parts;
  const hour = afternoon === null ? parts.hour : (parts.hour % 12) + (afternoon ? 12 : 0);
  const instant = new Date(Date.UTC(year, month - 1, day, hour, minute, second, millisecond));
  // The 31st of February is no date, and `Date` would make one of it.
  const real = instant.getUTCMonth() === month - 1 && instant.getUTCDate() === day && instant.getUTCHours() === hour;
  return real ? instantInZone(instant.toISOString().slice(0, -1), timeZone) : null;
}
