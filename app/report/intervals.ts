/*
 * How far a figure of a few can be read. Shares have Wilson's interval (`shareInterval` in app/insight/drivers.ts).
 */

/** Mean of a sample with the interval that its true mean lies in with 95 % confidence. */
export interface MeanInterval {
  readonly n: number;
  /** Null of nothing. */
  readonly mean: number | null;
  /** Null of fewer than two: one value says nothing of how values differ. */
  readonly from: number | null;
  readonly to: number | null;
}

/** Values counted as they come: Welford's method ("Note on a method for calculating corrected sums of squares and products", Technometrics 4, 1962). */
export interface Tally {
  add(value: number): void;
  /** The mean and Student's interval around it, kept within the limits that a value can have. */
  interval(lowest: number, highest: number): MeanInterval;
}

/** Begins to count. */
export function tally(): Tally {
  let n = 0;
  let mean = 0;
  let squares = 0;
  return {
    add(value) {
      n += 1;
      const before = value - mean;
      mean += before / n;
      squares += before * (value - mean);
    },
    interval(lowest, highest) {
      if (n === 0) return { n, mean: null, from: null, to: null };
      if (n === 1) return { n, mean, from: null, to: null };
      const half = studentQuantile(n - 1) * Math.sqrt(squares / (n - 1) / n);
      return { n, mean, from: Math.max(lowest, mean - half), to: Math.min(highest, mean + half) };
    },
  };
}

/** 97.5 % quantiles of Student's t with 1 to 4 degrees of freedom, where the expansion below is not good enough. */
const firstQuantiles = [12.706_205, 4.302_653, 3.182_446, 2.776_445];

/**
 * The 97.5 % quantile of Student's t: tabled up to 4 degrees of freedom, then Fisher and Cornish's expansion around the normal one
 * (Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.5), which is right to a thousandth from there on.
 */
export function studentQuantile(degrees: number): number {
  const tabled = firstQuantiles[degrees - 1];
  if (tabled !== undefined) return tabled;
  const z = 1.959_963_985;
  const terms = [
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
    (79 * z ** 9 + 776 * z ** 7 + 1_482 * z ** 5 - 1_920 * z ** 3 - 945 * z) / 92_160,
  ];
  return terms.reduce((sum, term, index) => sum + term / degrees ** (index + 1), z);
}
