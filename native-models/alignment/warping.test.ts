import { describe, expect, it } from "vitest";
import { tokenStarts } from "./token-times.ts";
import { medianFilter, rowStarts } from "./warping.ts";

/** The cheapest path by trying all of them. */
function cheapest(costs: Float32Array, rows: number, columns: number): number {
  const from = (row: number, column: number): number => {
    if (row >= rows || column >= columns) return Infinity;
    const here = costs[row * columns + column] ?? Infinity;
    if (row === rows - 1 && column === columns - 1) return here;
    return here + Math.min(from(row + 1, column), from(row, column + 1), from(row + 1, column + 1));
  };
  return from(0, 0);
}

describe("dynamic time warping", () => {
  it("follows a worked example", () => {
    // prettier: one row a token, one column a position; the cheap cells are the way.
    const costs = Float32Array.of(0, 0, 9, 9, 9, 9, 9, 0, 9, 9, 9, 9, 9, 0, 0);
    expect([...rowStarts(costs, 3, 5)]).toEqual([0, 2, 3]);
  });

  it("is as cheap as the cheapest of all paths", () => {
    let seed = 7;
    for (let trial = 0; trial < 20; trial++) {
      const costs = Float32Array.from({ length: 24 }, () => {
        seed = (seed * 48_271) % 2_147_483_647;
        return (seed % 100) - 50;
      });
      const starts = rowStarts(costs, 4, 6);
      // The path's cost from its row starts: within a row it runs to the next row's start, or one before it.
      let best = Infinity;
      const walk = (row: number, sum: number): void => {
        if (row === 4) {
          best = Math.min(best, sum);
          return;
        }
        const next = row === 3 ? 6 : (starts[row + 1] ?? 0);
        for (const last of row === 3 ? [5] : [next, next - 1]) {
          const first = starts[row] ?? 0;
          if (last < first) continue;
          let part = 0;
          for (let column = first; column <= last; column++) part += costs[row * 6 + column] ?? 0;
          walk(row + 1, sum + part);
        }
      };
      walk(0, 0);
      expect(best).toBe(cheapest(costs, 4, 6));
    }
  });
});

describe("the median filter", () => {
  it("takes the middle of each neighbourhood, mirrored at the ends", () => {
    const row = Float32Array.of(5, 1, 9, 2, 8);
    medianFilter(row, 3);
    expect([...row]).toEqual([1, 5, 2, 8, 2]);
  });

  it("leaves a row alone that is shorter than half its width", () => {
    const row = Float32Array.of(3, 1, 2);
    medianFilter(row, 7);
    expect([...row]).toEqual([3, 1, 2]);
  });
});

describe("token times", () => {
  it("are where the attention goes, in the row that chose the token", () => {
    const positions = 40;
    const begins = [0, 10, 18, 30, 36];
    const rows = begins
      .slice(0, 4)
      .map((begin, k) =>
        Float32Array.from({ length: 2 * 50 }, (_, i) => (i % 50 >= begin && i % 50 < (begins[k + 1] ?? 0) ? 0.1 : 0.001)),
      );
    const starts = tokenStarts(rows, { heads: 2, encoderPositions: 50, positions, medianFilterWidth: 7 });
    expect(starts[0]).toBe(0);
    for (const k of [1, 2, 3]) expect(Math.abs((starts[k] ?? 0) - (begins[k] ?? 0))).toBeLessThanOrEqual(1);
  });
});
