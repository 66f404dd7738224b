/** A piece of a search between spaces, at its place. */
export interface Placed {
  readonly raw: string;
  readonly start: number;
  readonly end: number;
  /** Where in it the first quote stands; -1 without one. */
  readonly quoteAt: number;
  /** It ends where the text ends, and not with a quote: it may be going on. */
  readonly open: boolean;
}

const quote = /["“”„]/u;

/** A search in its pieces: what stands between quotes stays together, also when the last quote is still open. */
export function placedPieces(text: string): Placed[] {
  const pieces: Placed[] = [];
  let start = -1;
  let quoteAt = -1;
  let inQuotes = false;
  const finish = (end: number): void => {
    if (start === -1) return;
    const raw = text.slice(start, end);
    const open = end === text.length && !(quoteAt !== -1 && !inQuotes && quote.test(raw.at(-1) ?? ""));
    pieces.push({ raw, start, end, quoteAt: quoteAt === -1 ? -1 : quoteAt - start, open });
    start = -1;
    quoteAt = -1;
    inQuotes = false;
  };
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? "";
    if (!inQuotes && /\s/u.test(character)) {
      finish(at);
      continue;
    }
    if (start === -1) start = at;
    if (quote.test(character)) {
      if (quoteAt === -1) quoteAt = at;
      if (inQuotes) {
        inQuotes = false;
        finish(at + 1);
        continue;
      }
      inQuotes = true;
    }
  }
  finish(text.length);
  return pieces;
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, sec: 1_000, m: 60_000, min: 60_000, h: 3_600_000 };

/** A length of time in milliseconds: `90`, `90s`, `5m`, `1h30m`, `1:30`, `1:02:03`; null for anything else. A bare number is seconds. */
export function readSpan(text: string): number | null {
  if (/^\d{1,4}(?::\d{2}){1,2}$/u.test(text)) {
    return text.split(":").reduce((total, part) => total * 60 + Number(part), 0) * 1_000;
  }
  if (/^\d{1,9}(?:\.\d{1,3})?$/u.test(text)) return Math.round(Number(text) * 1_000);
  const parts = [...text.matchAll(/(\d{1,9}(?:\.\d{1,3})?)(ms|sec|min|s|m|h)/giu)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== text) return null;
  return Math.round(parts.reduce((total, [, count, unit]) => total + Number(count) * (units[unit?.toLowerCase() ?? ""] ?? 0), 0));
}

/** A share from 0 to 1: `40%`, or `0.4` where `bare` allows it; null for anything else. */
function readShare(text: string, bare: boolean): number | null {
  const percent = /^(\d{1,3}(?:\.\d{1,3})?)\s*%$/u.exec(text);
  if (percent !== null) return Number(percent[1]) / 100;
  return bare && /^(?:0?\.\d{1,4}|[01])$/u.test(text) ? Number(text) : null;
}

/** A figure, or a range of figures as `2m..10m`, either side of which may be left out; null for what is none. */
export function readAmount(
  text: string,
  unit: "time" | "timeOrShare" | "share" | "count" | "score" | "percent",
): { readonly least: number | null; readonly most: number | null; readonly isShare: boolean } | null {
  const isShare = unit === "share" || (unit === "timeOrShare" && text.includes("%"));
  const one = (part: string): number | null => {
    if (isShare) return readShare(part, unit === "share");
    if (unit === "score") return /^[+-]?[0-5](?:\.\d{1,3})?$/u.test(part) ? Number(part) : null;
    if (unit === "percent") {
      const written = /^(\d{1,3}(?:\.\d{1,3})?)\s*%?$/u.exec(part);
      return written === null || Number(written[1]) > 100 ? null : Number(written[1]);
    }
    if (unit === "count") return /^\d{1,9}$/u.test(part) ? Number(part) : null;
    return readSpan(part);
  };
  const [from = "", to, ...more] = text.split("..");
  if (more.length > 0) return null;
  if (to === undefined) {
    const exactly = one(from);
    return exactly === null ? null : { least: exactly, most: exactly, isShare };
  }
  const least = from === "" ? null : one(from);
  const most = to === "" ? null : one(to);
  if ((from !== "" && least === null) || (to !== "" && most === null) || (least === null && most === null)) return null;
  return { least, most, isShare };
}

/**
 * Days: `2026`, `2026-03`, `2026-03-05`, `today`, `yesterday`, `7d` (the last seven days, today included), or two of them
 * as `2026-01..2026-03`. From the first day until before the day after the last; null for what is none.
 */
export function readDays(text: string, today: string): { from: string; until: string } | null {
  const [first = "", last, ...more] = text.toLowerCase().split("..");
  if (more.length > 0) return null;
  const from = readDay(first, today);
  const to = last === undefined ? from : readDay(last, today);
  return from === null || to === null || from.from >= to.until ? null : { from: from.from, until: to.until };
}

function readDay(text: string, today: string): { from: string; until: string } | null {
  if (text === "today") return { from: today, until: shifted(today, 1) };
  if (text === "yesterday") return { from: shifted(today, -1), until: today };
  const lately = /^(\d{1,4})(d|w)$/u.exec(text);
  if (lately !== null) {
    const days = Number(lately[1]) * (lately[2] === "w" ? 7 : 1);
    return days === 0 ? null : { from: shifted(today, 1 - days), until: shifted(today, 1) };
  }
  const named = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/u.exec(text);
  if (named === null) return null;
  const [, year = "", month, day] = named;
  const from = `${year}-${month ?? "01"}-${day ?? "01"}`;
  const date = new Date(`${from}T00:00:00Z`);
  // JavaScript takes the 30th of February for the 2nd of March.
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== from) return null;
  const next =
    day !== undefined
      ? Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate() + 1)
      : month !== undefined
        ? Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1)
        : Date.UTC(date.getUTCFullYear() + 1, 0, 1);
  return { from, until: new Date(next).toISOString().slice(0, 10) };
}

function shifted(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** The day of a date where this program runs, as YYYY-MM-DD. */
export function isoDay(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${String(date.getFullYear()).padStart(4, "0")}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
