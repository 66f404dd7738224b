/** A value of some numbers below which a share of them lies; NaN when there are none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** What is told of a set of absolute errors. */
export interface Spread {
  readonly median: number;
  readonly p90: number;
  readonly p95: number;
  /** Share of them of at most 100 ms. */
  readonly within100: number;
}

/** The spread of absolute errors in ms, rounded to a ms; NaN when there are none. */
export function spreadOf(errorsMs: readonly number[]): Spread {
  const at = (share: number) => Math.round(percentile(errorsMs, share));
  const within100 = errorsMs.filter((error) => error <= 100).length / errorsMs.length;
  return { median: at(0.5), p90: at(0.9), p95: at(0.95), within100 };
}
