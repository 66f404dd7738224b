import { en } from "../text/en.ts";

/** A position in a recording as people say it: "0:07", "12:04", "1:02:30". Takes milliseconds; rounds down. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor((seconds % 3_600) / 60);
  const rest = String(seconds % 60).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/** The same with tenths, for where seconds are too coarse: "12:04.3". */
export function fineClock(ms: number): string {
  return `${clock(ms)}.${Math.floor((Math.max(0, ms) % 1_000) / 100)}`;
}

/** A length of time as people say it: "0.4 s", "6 s", "3 min 20 s", "1 h 2 min". Takes milliseconds. */
export function span(ms: number, units: typeof en.units = en.units): string {
  if (ms > 0 && ms < 950) return `${(ms / 1_000).toFixed(1)} ${units.second}`;
  const seconds = Math.round(Math.max(0, ms) / 1_000);
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor((seconds % 3_600) / 60);
  const rest = seconds % 60;
  if (hours > 0) return minutes > 0 ? `${hours} ${units.hour} ${minutes} ${units.minute}` : `${hours} ${units.hour}`;
  if (minutes > 0) return rest > 0 ? `${minutes} ${units.minute} ${rest} ${units.second}` : `${minutes} ${units.minute}`;
  return `${rest} ${units.second}`;
}

/** The time left of some work, coarse on purpose: to 5 s under a minute, to 1 min over ten. */
export function roughSpan(ms: number): string {
  if (ms < 60_000) return span(Math.max(5_000, Math.round(ms / 5_000) * 5_000));
  if (ms < 600_000) return span(Math.round(ms / 10_000) * 10_000);
  return span(Math.round(ms / 60_000) * 60_000);
}

/** A share as a whole percentage: 0.456 is "46%" in English, as the reader's language writes it. */
export function percent(share: number, locale?: string): string {
  return new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 }).format(share);
}

/** A whole number as the reader's language groups it: "19,800". */
export function count(number: number, locale?: string): string {
  return new Intl.NumberFormat(locale).format(number);
}

/** A size on disk in decimal units: "640 KB", "12.3 MB". */
export function size(bytes: number, units: typeof en.units = en.units): string {
  if (bytes < 1_000_000) return `${Math.max(bytes > 0 ? 1 : 0, Math.round(bytes / 1_000))} ${units.kilobyte}`;
  if (bytes < 1_000_000_000) return `${(bytes / 1_000_000).toFixed(1)} ${units.megabyte}`;
  return `${(bytes / 1_000_000_000).toFixed(1)} ${units.gigabyte}`;
}

/** When something was: today's by the hour, others by day and hour, with the year where it is another. `today` wraps the hour; the locale is the reader's. */
export function moment(iso: string, today: (time: string) => string, now = new Date(), locale?: string): string {
  const at = new Date(iso);
  const hour = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" }).format(at);
  if (at.toDateString() === now.toDateString()) return today(hour);
  const sameYear = at.getFullYear() === now.getFullYear();
  const day = new Intl.DateTimeFormat(locale, {
    day: "numeric",
    month: "short",
    ...(sameYear ? {} : { year: "numeric" }),
  }).format(at);
  return `${day} ${hour}`;
}

/** A score with its sign and one decimal: "+1.8", "−0.4", "0.0". */
export function signed(score: number): string {
  const rounded = Math.round(score * 10) / 10;
  return rounded === 0 ? "0.0" : `${rounded > 0 ? "+" : "−"}${Math.abs(rounded).toFixed(1)}`;
}
