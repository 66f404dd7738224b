/**
 * The cheapest monotone path through a matrix of costs (dynamic time warping): each row and each column is passed, one
 * step right, down or across at a time. Returns the column at which each row is first reached.
 *
 * @param costs [rows, columns]
 */
export function rowStarts(costs: Float32Array, rows: number, columns: number): Int32Array {
  const width = columns + 1;
  let before = new Float64Array(width).fill(Infinity);
  let here = new Float64Array(width);
  before[0] = 0;
  // 0 across, 1 down (a new row), 2 right (a new column).
  const trace = new Uint8Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    here.fill(Infinity);
    for (let column = 1; column <= columns; column++) {
      const across = before[column - 1] as number;
      const down = before[column] as number;
      const right = here[column - 1] as number;
      // On a tie the path goes as openai/whisper's does: right, unless another way is strictly cheaper.
      let step = 2;
      let least = right;
      if (across < down && across < right) {
        step = 0;
        least = across;
      } else if (down < across && down < right) {
        step = 1;
        least = down;
      }
      here[column] = (costs[row * columns + column - 1] as number) + least;
      trace[row * columns + column - 1] = step;
    }
    [before, here] = [here, before];
  }
  const starts = new Int32Array(rows);
  let row = rows - 1;
  let column = columns - 1;
  while (row >= 0 && column >= 0) {
    starts[row] = column;
    const step = row === 0 ? 2 : column === 0 ? 1 : trace[row * columns + column];
    if (step !== 2) row--;
    if (step !== 1) column--;
  }
  return starts;
}

/** Replaces each value by the median of `width` around it; beyond the ends the row is mirrored. In place. */
export function medianFilter(row: Float32Array, width: number): void {
  const half = Math.floor(width / 2);
  const last = row.length - 1;
  if (half === 0 || row.length <= half) return;
  const source = row.slice();
  // Kept in order from one place to the next: one value leaves and one comes.
  const around = new Float32Array(2 * half + 1);
  for (let k = -half; k <= half; k++) around[k + half] = source[Math.abs(k) > last ? last : Math.abs(k)] as number;
  around.sort();
  for (let i = 0; ; i++) {
    row[i] = around[half] as number;
    if (i === last) return;
    const leaving = source[i < half ? half - i : i - half] as number;
    const coming = source[i + half + 1 > last ? 2 * last - i - half - 1 : i + half + 1] as number;
    let at = around.indexOf(leaving);
    while (at > 0 && (around[at - 1] as number) > coming) {
      around[at] = around[at - 1] as number;
      at--;
    }
    while (at < 2 * half && (around[at + 1] as number) < coming) {
      around[at] = around[at + 1] as number;
      at++;
    }
    around[at] = coming;
  }
}
