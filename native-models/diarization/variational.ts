/*
 * Refinement of groups by variational Bayes: which of the voices of a start made each print, and how many of them are
 * needed at all. Landini, Profant, Diez and Burget 2022, "Bayesian HMM clustering of x-vector sequences (VBx)", with no
 * chance of staying with a voice (prints of overlapping windows have no order), so that it is a mixture.
 */

/** How the refinement weighs its parts. */
export interface VariationalRule {
  /** Scale of the prints' own evidence; below 1 because neighbouring prints share their sound. */
  readonly evidence: number;
  /** Scale of the voices' prior; higher, fewer voices. */
  readonly prior: number;
  /** How sure the start is taken to be. */
  readonly startTrust: number;
  readonly mostRounds: number;
  /** A round that betters the bound by less than this is the last. */
  readonly leastGain: number;
  /** A voice with a smaller share of the prints is none. */
  readonly leastShare: number;
}

/** The values of pyannote's community pipeline. */
export const variationalRule: VariationalRule = {
  evidence: 0.07,
  prior: 0.8,
  startTrust: 7,
  mostRounds: 20,
  leastGain: 1e-4,
  leastShare: 1e-7,
};

/**
 * The voice of each print, numbered from 0 in the order of the start; voices that are not needed are gone.
 *
 * @param prints in the space of the discriminant analysis: variance 1 within a voice.
 * @param between variance between voices in each direction.
 * @param start a group for each print.
 */
export function refineGroups(
  prints: readonly Float64Array[],
  between: Float64Array,
  start: Int32Array,
  rule: VariationalRule = variationalRule,
): Int32Array {
  const n = prints.length;
  const size = between.length;
  const voices = start.reduce((most, group) => Math.max(most, group + 1), 0);
  if (n === 0 || voices < 2) return new Int32Array(n);
  // [prints, voices]: softly what the start says.
  const trust = Math.exp(rule.startTrust);
  const share = new Float64Array(n * voices).fill(1 / (trust + voices - 1));
  start.forEach((group, i) => {
    share[i * voices + group] = trust / (trust + voices - 1);
  });
  let weight = new Float64Array(voices).fill(1 / voices);
  const root = between.map(Math.sqrt);
  const scaled = prints.map((print) => print.map((value, d) => value * (root[d] as number)));
  const own = prints.map((print) => -0.5 * (print.reduce((sum, value) => sum + value * value, 0) + size * Math.log(2 * Math.PI)));
  const ratio = rule.evidence / rule.prior;
  const mean = new Float64Array(voices * size); // [voices, size]
  const inverse = new Float64Array(voices * size);
  let before = -Infinity;
  for (let round = 0; round < rule.mostRounds; round++) {
    for (let voice = 0; voice < voices; voice++) {
      let count = 0;
      for (let i = 0; i < n; i++) count += share[i * voices + voice] as number;
      for (let d = 0; d < size; d++) {
        let sum = 0;
        for (let i = 0; i < n; i++) sum += (share[i * voices + voice] as number) * (scaled[i]?.[d] as number);
        const precision = 1 / (1 + ratio * count * (between[d] as number));
        inverse[voice * size + d] = precision;
        mean[voice * size + d] = ratio * precision * sum;
      }
    }
    let bound = 0;
    for (let i = 0; i < n; i++) {
      const logs = new Float64Array(voices);
      let top = -Infinity;
      for (let voice = 0; voice < voices; voice++) {
        let fit = own[i] as number;
        for (let d = 0; d < size; d++) {
          const m = mean[voice * size + d] as number;
          fit += (scaled[i]?.[d] as number) * m - 0.5 * (between[d] as number) * ((inverse[voice * size + d] as number) + m * m);
        }
        logs[voice] = rule.evidence * fit + Math.log((weight[voice] as number) + 1e-8);
        top = Math.max(top, logs[voice] as number);
      }
      const sum = logs.reduce((total, value) => total + Math.exp(value - top), 0);
      bound += top + Math.log(sum);
      for (let voice = 0; voice < voices; voice++) share[i * voices + voice] = Math.exp((logs[voice] as number) - top) / sum;
    }
    weight = new Float64Array(voices);
    for (let i = 0; i < n; i++) {
      for (let voice = 0; voice < voices; voice++) {
        weight[voice] = (weight[voice] as number) + (share[i * voices + voice] as number) / n;
      }
    }
    for (let at = 0; at < mean.length; at++) {
      bound += 0.5 * rule.prior * (Math.log(inverse[at] as number) - (inverse[at] as number) - (mean[at] as number) ** 2 + 1);
    }
    if (bound - before < rule.leastGain) break;
    before = bound;
  }
  const needed = [...weight.keys()].filter((voice) => (weight[voice] as number) > rule.leastShare);
  const best = Array.from({ length: n }, (_, i) =>
    needed.reduce((a, b) => ((share[i * voices + b] as number) > (share[i * voices + a] as number) ? b : a)),
  );
  const kept = needed.filter((voice) => best.includes(voice));
  return Int32Array.from(best, (voice) => kept.indexOf(voice));
}
