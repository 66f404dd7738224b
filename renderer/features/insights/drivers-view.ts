import type { DriverKind, DriversView } from "../../../app/contract/category-views.ts";
import { quoted } from "../../../app/conversation/search-query.ts";
import { type DriverPeriod, periodStart } from "../../../app/insight/drivers.ts";

/** A driver as pages are shown it. */
export type DriverView = DriversView["categories"][number];

/** What a period is held against: all before it, or so many periods right before it. */
export const besides = ["all", "one", "four", "twelve"] as const;
/** What a period is held against. */
export type Beside = (typeof besides)[number];

const periodsOf: Readonly<Record<Exclude<Beside, "all">, number>> = { one: 1, four: 4, twelve: 12 };

/** Start of the period after one that begins at an instant, in milliseconds since 1970 (UTC). */
export function afterPeriod(startsAt: number, period: DriverPeriod): number {
  // From anywhere within the next period back to its start.
  const days = { day: 1.5, week: 8, month: 40 }[period];
  return periodStart(startsAt + days * 86_400_000, period);
}

/** Start of the period so many before one that begins at an instant. */
function beforePeriod(startsAt: number, period: DriverPeriod, count: number): number {
  let start = startsAt;
  for (let step = 0; step < count; step++) start = periodStart(start - 1, period);
  return start;
}

/** Between which instants conversations are counted for a period and what it is held against; undefined where there is no bound. */
export function boundsOf(
  startsAt: number | null,
  newest: number | undefined,
  period: DriverPeriod,
  beside: Beside,
): { readonly from?: string; readonly to?: string } {
  const shown = startsAt ?? newest;
  if (shown === undefined) return {};
  return {
    ...(beside === "all" ? {} : { from: new Date(beforePeriod(shown, period, periodsOf[beside])).toISOString() }),
    ...(startsAt === null || startsAt === newest ? {} : { to: new Date(afterPeriod(shown, period)).toISOString() }),
  };
}

/** A period as people say it: "16 Nov", "16 to 22 Nov", "Nov 2026". Periods are in UTC. */
export function periodName(startsAt: number, period: DriverPeriod, locale?: string): string {
  const year = new Date(startsAt).getUTCFullYear() === new Date().getUTCFullYear() ? {} : ({ year: "numeric" } as const);
  const write = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...options });
  switch (period) {
    case "day":
      return write({ day: "numeric", month: "short", ...year }).format(startsAt);
    case "week":
      return write({ day: "numeric", month: "short", ...year }).formatRange(startsAt, afterPeriod(startsAt, "week") - 1);
    case "month":
      return write({ month: "short", year: "numeric" }).format(startsAt);
  }
}

/** The search that finds a driver's conversations, of one period where that is named. */
export function searchFor(
  kind: DriverKind,
  { term }: Pick<DriverView, "term">,
  within?: { startsAt: number; period: DriverPeriod },
): string {
  const date = (at: number): string => new Date(at).toISOString().slice(0, 10);
  const days =
    within === undefined ? "" : ` date:${date(within.startsAt)}..${date(afterPeriod(within.startsAt, within.period) - 1)}`;
  switch (kind) {
    case "categories":
      return `category:${quoted(term)}${days}`;
    case "entities":
      return `about:${quoted(term.split("\t").at(-1) ?? term)}${days}`;
    case "phrases":
      return `about:${quoted(term)}${days}`;
    case "topics":
      return `${term
        .split("\n")
        .map((phrase) => `about:${quoted(phrase)}`)
        .join(" OR ")}${days}`;
  }
}

/** What a change is called: too few to say where the numbers are small, whatever they seem to do. */
export function changeOf({ told, direction }: Pick<DriverView, "told" | "direction">): "rising" | "falling" | "steady" | "few" {
  return told ? direction : "few";
}

/** How drivers can be ordered. */
export const orders = ["surest", "frequent"] as const;
/** How drivers can be ordered. */
export type Order = (typeof orders)[number];

/** The drivers to show: those whose name holds the words, of the direction asked for, in the order asked for. */
export function chosen(
  drivers: readonly DriverView[],
  { text, direction, order }: { readonly text: string; readonly direction: "all" | "rising" | "falling"; readonly order: Order },
): DriverView[] {
  const words = text.trim().toLocaleLowerCase();
  const found = drivers.filter(
    (driver) =>
      (direction === "all" || changeOf(driver) === direction) &&
      (words === "" || driver.name.toLocaleLowerCase().includes(words) || driver.term.toLocaleLowerCase().includes(words)),
  );
  if (order === "surest") return found;
  return found.toSorted((a, b) => totalOf(b) - totalOf(a) || (a.name < b.name ? -1 : 1));
}

/** Conversations of a driver over all periods that were counted. */
export function totalOf({ counts }: Pick<DriverView, "counts">): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
