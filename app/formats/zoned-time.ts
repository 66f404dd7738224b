import { toInstant } from "./imported.ts";

/** Whether a name is an IANA time zone that this system knows. */
export function isTimeZone(name: string): boolean {
  if (name.length > 60) return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).format(0) !== "";
  } catch {
    return false;
  }
}

/**
 * The instant of a local time (`2021-11-25 13:35:14`) in a zone, as ISO 8601 UTC; null for what is no time. A time that
 * the clocks skip is moved on by the hour they skip; of one they show twice it is the first.
 */
export function instantInZone(local: string, timeZone: string): string | null {
  const asUtc = toInstant(local);
  if (asUtc === null) return null;
  if (/(?:Z|[+-]\d\d:?\d\d)$/u.test(local.trim())) return asUtc;
  const shown = Date.parse(asUtc);
  const before = shown - offsetAt(shown - 24 * 3_600_000, timeZone);
  const after = shown - offsetAt(shown + 24 * 3_600_000, timeZone);
  const fits = [before, after].filter((instant) => instant + offsetAt(instant, timeZone) === shown);
  return toInstant(fits.length > 0 ? Math.min(...fits) : before);
}

/** How far a zone's clocks are ahead of UTC at an instant, in milliseconds. */
function offsetAt(instant: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(instant);
  const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value ?? 0);
  const shown = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
  return shown - Math.floor(instant / 1_000) * 1_000;
}

/** An instant as the clocks of a zone show it: `2021-11-25 13:35:14.215`. */
export function localInZone(instant: string, timeZone: string): string {
  const at = Date.parse(instant);
  return new Date(at + offsetAt(at, timeZone)).toISOString().slice(0, 23).replace("T", " ");
}
