import { medianFilter, rowStarts } from "./warping.ts";

/**
 * When each token begins, from the attention of the steps that chose them: every alignment head is standardised over
 * the tokens, smoothed by a median filter over time, the heads are averaged, and the path through the result that
 * follows the attention gives each token's first position. Whisper's own convention: the row that *predicts* a token
 * tells its time (openai/whisper `timing.py`).
 *
 * @param rows one for each token, and one for the step that chose the end: [heads, positions] each.
 * @param positions how many positions the sound fills; the rest of the window is silence that was added.
 * @returns positions, one for each row.
 */
export function tokenStarts(
  rows: readonly Float32Array[],
  heads: number,
  encoderPositions: number,
  positions: number,
  medianFilterWidth: number,
): Int32Array {
  const count = rows.length;
  const costs = new Float32Array(count * positions); // [tokens, positions]
  const standard = new Float32Array(count * positions);
  const mean = new Float64Array(positions);
  const variance = new Float64Array(positions);
  for (let head = 0; head < heads; head++) {
    const from = head * encoderPositions;
    mean.fill(0);
    variance.fill(0);
    for (const row of rows) for (let p = 0; p < positions; p++) mean[p] = (mean[p] as number) + (row[from + p] as number) / count;
    for (const row of rows) {
      for (let p = 0; p < positions; p++) {
        const off = (row[from + p] as number) - (mean[p] as number);
        variance[p] = (variance[p] as number) + (off * off) / count;
      }
    }
    for (let p = 0; p < positions; p++) variance[p] = Math.sqrt(variance[p] as number) || 1;
    for (const [i, row] of rows.entries()) {
      const own = standard.subarray(i * positions, (i + 1) * positions);
      for (let p = 0; p < positions; p++) own[p] = ((row[from + p] as number) - (mean[p] as number)) / (variance[p] as number);
      medianFilter(own, medianFilterWidth);
      for (let p = 0; p < positions; p++)
        costs[i * positions + p] = (costs[i * positions + p] as number) - (own[p] as number) / heads;
    }
  }
  return rowStarts(costs, count, positions);
}
