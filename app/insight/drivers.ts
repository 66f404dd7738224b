/*
 * What conversations are about more, or less, than before: pure counting, with the statistic behind each claim.
 */

/** A conversation as drivers see it. */
export interface DriverConversation {
  readonly id: string;
  /** Milliseconds since 1970, UTC. */
  readonly at: number;
  /** What it is counted under: category ids, or phrases; each once. */
  readonly terms: readonly string[];
}

/** How long a period is. */
export type DriverPeriod = "day" | "week" | "month";

/** One thing, its share of the conversations by period, and how the last period differs from those before. */
export interface Driver {
  readonly term: string;
  /** Conversations with it, by period, in order of the periods. */
  readonly counts: readonly number[];
  /** Shares of the conversations: in the last period, and in all before it. */
  readonly share: number;
  readonly shareBefore: number;
  /** Log-likelihood ratio (G², one degree of freedom) of the two shares being different; 0 where they are the same. */
  readonly g2: number;
  /** Weighted log-odds with an informative Dirichlet prior, as a z-score; above 0 is rising. */
  readonly z: number;
  /** How likely such a difference is by chance, corrected for the number of things looked at (Benjamini and Hochberg, 1995). */
  readonly q: number;
  readonly direction: "rising" | "falling" | "steady";
  /** Whether there is enough on both sides to say anything of a difference; without, nothing rises or falls. */
  readonly told: boolean;
  /** Its conversations, the latest first. */
  readonly conversationIds: readonly string[];
}

/** Drivers over periods. */
export interface Drivers {
  /** Start of each period, milliseconds since 1970, UTC, in order; periods without conversations included. */
  readonly periods: readonly { readonly startsAt: number; readonly conversations: number }[];
  /** The surest differences first. */
  readonly drivers: readonly Driver[];
}

/** Chance below which a difference is called one. */
export const driverLevel = 0.05;

const day = 86_400_000;

/** Conversations on each side, and with the thing on both together, below which a difference is not spoken of. */
const leastToTell = { side: 5, found: 4 };

/** Whether k of n beside kBefore of nBefore is enough to say anything of a difference. */
export function isEnoughToTell(k: number, n: number, kBefore: number, nBefore: number): boolean {
  return n >= leastToTell.side && nBefore >= leastToTell.side && k + kBefore >= leastToTell.found;
}

/**
 * Where the true share behind k of n lies with 95% confidence, from 0 to 1: Wilson's score interval ("Probable Inference, the
 * Law of Succession, and Statistical Inference", Journal of the American Statistical Association 22, 1927).
 */
export function shareInterval(k: number, n: number): { readonly from: number; readonly to: number } {
  if (n === 0) return { from: 0, to: 1 };
  const z = 1.959_964;
  const share = k / n;
  const middle = (share + z ** 2 / (2 * n)) / (1 + z ** 2 / n);
  const half = (z * Math.sqrt((share * (1 - share)) / n + z ** 2 / (4 * n ** 2))) / (1 + z ** 2 / n);
  return { from: Math.max(0, middle - half), to: Math.min(1, middle + half) };
}

/** The start of the period (UTC) that a moment lies in; weeks begin on Monday. */
export function periodStart(at: number, period: DriverPeriod): number {
  const date = new Date(at);
  if (period === "month") return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  const start = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
  return period === "day" ? start : start - ((date.getUTCDay() + 6) % 7) * day;
}

function nextPeriod(startsAt: number, period: DriverPeriod): number {
  if (period !== "month") return startsAt + (period === "day" ? day : 7 * day);
  const date = new Date(startsAt);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

/**
 * Dunning's log-likelihood ratio ("Accurate Methods for the Statistics of Surprise and Coincidence", Computational
 * Linguistics 19, 1993) for k of n against kBefore of nBefore.
 */
export function logLikelihoodRatio(k: number, n: number, kBefore: number, nBefore: number): number {
  const all = n + nBefore;
  const share = all === 0 ? 0 : (k + kBefore) / all;
  const part = (observed: number, expected: number): number => (observed === 0 ? 0 : observed * Math.log(observed / expected));
  const sum =
    part(k, n * share) +
    part(n - k, n * (1 - share)) +
    part(kBefore, nBefore * share) +
    part(nBefore - kBefore, nBefore * (1 - share));
  return Math.max(0, 2 * sum);
}

/**
 * Weighted log-odds ratio with an informative Dirichlet prior, over its standard deviation (Monroe, Colaresi and Quinn,
 * "Fightin' Words", Political Analysis 16, 2008, equations 16, 20 and 22), for two outcomes: with the term, and without.
 * The prior is the share of the term in all, worth `priorSize` conversations.
 */
export function weightedLogOdds(k: number, n: number, kBefore: number, nBefore: number, priorSize = 10): number {
  const all = n + nBefore;
  if (all === 0) return 0;
  const prior = (priorSize * (k + kBefore + 0.5)) / (all + 1);
  const rest = priorSize - prior;
  const odds = (found: number, of: number): number => Math.log((found + prior) / (of - found + rest));
  const variance = 1 / (k + prior) + 1 / (kBefore + prior);
  return (odds(k, n) - odds(kBefore, nBefore)) / Math.sqrt(variance);
}

/** Chance of a χ² with one degree of freedom being at least so large (erfc after Abramowitz and Stegun 7.1.26, error below 1.5e-7). */
export function chanceOf(g2: number): number {
  const x = Math.sqrt(Math.max(0, g2) / 2);
  const t = 1 / (1 + 0.327_591_1 * x);
  const series = ((((1.061_405_429 * t - 1.453_152_027) * t + 1.421_413_741) * t - 0.284_496_736) * t + 0.254_829_592) * t;
  return Math.min(1, Math.max(0, series * Math.exp(-x * x)));
}

/** q-values of p-values, in their order (Benjamini and Hochberg, "Controlling the False Discovery Rate", 1995). */
export function falseDiscovery(chances: readonly number[]): number[] {
  const order = chances.map((_, index) => index).sort((a, b) => (chances[b] ?? 0) - (chances[a] ?? 0));
  const found = chances.map(() => 1);
  let least = 1;
  for (const [place, index] of order.entries()) {
    least = Math.min(least, ((chances[index] ?? 1) * chances.length) / (chances.length - place));
    found[index] = least;
  }
  return found;
}

/** Places of the sieve below, a power of two: with some million different phrases few share one. */
const sievePlaces = 2 ** 22;

/**
 * Tells quickly which things may be had by at least so many conversations. Most phrases of a library are said once: a map of
 * them all would take gigabytes, and this takes 8 MB. It lets through a few too many, and never one too few.
 */
function sieveOf(conversations: readonly DriverConversation[], least: number): (term: string) => boolean {
  const counts = new Uint16Array(sievePlaces);
  for (const { terms } of conversations) {
    for (const term of terms) {
      const place = sievePlace(term);
      const count = counts[place] ?? 0;
      if (count < 0xff_ff) counts[place] = count + 1;
    }
  }
  return (term) => (counts[sievePlace(term)] ?? 0) >= least;
}

/** FNV-1a over the units of a text. */
function sievePlace(text: string): number {
  let hash = 0x81_1c_9d_c5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01_00_01_93);
  return (hash ^ (hash >>> 15)) & (sievePlaces - 1);
}

/** What counting looks at. */
export interface DriverOptions {
  readonly period: DriverPeriod;
  /** Things that fewer conversations have are passed over; 2 unless told. */
  readonly least?: number;
  /** At most so many; 200 unless told. */
  readonly limit?: number;
}

/**
 * Counts what conversations have by period, and compares the last period with all those before it. A period of one
 * conversation, or a library of one period, shows counts and calls nothing rising or falling.
 */
export function driversOf(conversations: readonly DriverConversation[], options: DriverOptions): Drivers {
  const { period, least = 2, limit = 200 } = options;
  if (conversations.length === 0) return { periods: [], drivers: [] };
  const sorted = [...conversations].sort((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1));
  const starts = new Map<number, number>();
  const newest = periodStart(sorted[0]?.at ?? 0, period);
  // A single conversation of long ago does not make thousands of empty periods.
  const oldest = periodStart(sorted.at(-1)?.at ?? 0, period);
  for (let start = oldest; start <= newest && starts.size < 1_000; start = nextPeriod(start, period))
    starts.set(start, starts.size);
  if (!starts.has(newest)) starts.set(newest, starts.size);
  const totals = new Array<number>(starts.size).fill(0);
  // Nothing that a person asks for is had by more than the sieve can count to.
  const mayBe = sieveOf(conversations, Math.min(least, 0xff_ff));
  const terms = new Map<string, { counts: number[]; ids: string[] }>();
  for (const { id, at, terms: own } of sorted) {
    const place = starts.get(periodStart(at, period)) ?? 0;
    totals[place] = (totals[place] ?? 0) + 1;
    for (const term of own) {
      if (!mayBe(term)) continue;
      let known = terms.get(term);
      if (known === undefined) {
        known = { counts: new Array<number>(starts.size).fill(0), ids: [] };
        terms.set(term, known);
      }
      // Named twice by one conversation, it still counts once.
      if (known.ids.at(-1) === id) continue;
      known.counts[place] = (known.counts[place] ?? 0) + 1;
      known.ids.push(id);
    }
  }
  const last = starts.size - 1;
  const n = totals[last] ?? 0;
  const nBefore = conversations.length - n;
  const found = [...terms].filter(([, { ids }]) => ids.length >= least);
  const compared = found.map(([term, { counts, ids }]) => {
    const k = counts[last] ?? 0;
    const kBefore = ids.length - k;
    const g2 = nBefore === 0 ? 0 : logLikelihoodRatio(k, n, kBefore, nBefore);
    const z = nBefore === 0 ? 0 : weightedLogOdds(k, n, kBefore, nBefore);
    const told = isEnoughToTell(k, n, kBefore, nBefore);
    return { term, counts, ids, g2, z, told, share: n === 0 ? 0 : k / n, shareBefore: nBefore === 0 ? 0 : kBefore / nBefore };
  });
  const qs = falseDiscovery(compared.map(({ g2 }) => chanceOf(g2)));
  const drivers = compared.map(({ ids, ...one }, index): Driver => {
    const q = qs[index] ?? 1;
    const differs = one.told && q < driverLevel && one.share !== one.shareBefore;
    return {
      ...one,
      q,
      direction: !differs ? "steady" : one.share > one.shareBefore ? "rising" : "falling",
      conversationIds: ids,
    };
  });
  drivers.sort((a, b) => b.g2 - a.g2 || b.conversationIds.length - a.conversationIds.length || (a.term < b.term ? -1 : 1));
  return {
    periods: [...starts.keys()].map((startsAt, place) => ({ startsAt, conversations: totals[place] ?? 0 })),
    drivers: drivers.slice(0, limit),
  };
}
