/*
 * Sums of exponentials over a vocabulary of fifty thousand, at every token of every line: by a table, since Math.exp costs
 * as much there as a tenth of the decoder's step.
 */

const stepsPerUnit = 64;
/** e to the minus of this is nothing beside 1 even fifty thousand times. */
const reach = 40;
const powers = Float64Array.from({ length: reach * stepsPerUnit }, (_, step) => Math.exp(-step / stepsPerUnit));

/** e^-distance to a relative 3e-9 for a distance from 0 up to 40; nought beyond. */
export function fading(distance: number): number {
  if (!(distance < reach)) return 0;
  const step = (distance * stepsPerUnit) | 0;
  const rest = distance - step / stepsPerUnit;
  // Taylor's series of e^-rest, whose rest is below 1/64.
  return (powers[step] as number) * (1 - rest * (1 - rest * (0.5 - rest / 6)));
}

/** log(Σ exp) of some logits, from `from` up to `to`; minus infinity where all are. */
export function logSumExp(logits: Float32Array, from: number, to: number): number {
  let best = -Infinity;
  for (let i = from; i < to; i++) if ((logits[i] as number) > best) best = logits[i] as number;
  if (best === -Infinity) return -Infinity;
  let sum = 0;
  for (let i = from; i < to; i++) sum += fading(best - (logits[i] as number));
  return best + Math.log(sum);
}

/** log(e^a + e^b). */
export function logOfBoth(a: number, b: number): number {
  const most = Math.max(a, b);
  return most === -Infinity ? most : most + Math.log(Math.exp(a - most) + Math.exp(b - most));
}
