import { medianFilter, rowStarts } from "./warping.ts";

/** How the attentions of a window are laid out. */
export interface AttentionShape {
  /** Alignment heads in a row. */
  readonly heads: number;
  /** Positions of a head in a row: the whole window, 1,500 for 30 s. */
  readonly encoderPositions: number;
  /** How many positions the sound fills; the rest of the window is silence that was added. */
  readonly positions: number;
  readonly medianFilterWidth: number;
}

/**
 * When each token begins, from the attention of the steps that chose them: the path through `alignmentCosts` that
 * follows the attention gives each token's first position. Whisper's own convention: the row that *predicts* a token
 * tells its time (openai/whisper `timing.py`).
 *
 * @param rows one for each token, and one for the step that chose the end: [heads, encoder positions] each.
 * @returns positions, one for each row.
 */
export function tokenStarts(rows: readonly Float32Array[], shape: AttentionShape): Int32Array {
  return rowStarts(alignmentCosts(rows, shape), rows.length, shape.positions);
}

/**
 * How little each token attends to each position: every alignment head is standardised over the rows, smoothed by a
 * median filter over time, and the heads are averaged.
 *
 * @param rows [heads, encoder positions] each.
 * @returns [rows, positions], the smaller the more attention.
 */
export function alignmentCosts(rows: readonly Float32Array[], shape: AttentionShape): Float32Array {
  const { heads, encoderPositions, positions, medianFilterWidth } = shape;
  const count = rows.length;
  const costs = new Float32Array(count * positions); // [rows, positions]
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
  return costs;
}
