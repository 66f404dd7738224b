import { describe, expect, it } from "vitest";
import { studentQuantile, tally } from "./intervals.ts";

describe("the interval of a mean", () => {
  // Printed tables of Student's t, two-sided 95 %.
  it.each([
    [1, 12.706],
    [4, 2.776],
    [5, 2.571],
    [9, 2.262],
    [30, 2.042],
    [120, 1.98],
  ])("has the quantile of %d degrees of freedom", (degrees, quantile) => {
    expect(studentQuantile(degrees)).toBeCloseTo(quantile, 2);
  });
  it("is that of a worked example", () => {
    const counted = tally();
    for (const value of [80, 90, 100, 70, 85]) counted.add(value);
    // Mean 85, s = 11.1803, s/√5 = 5, times 2.776.
    const { mean, from, to } = counted.interval(0, 100);
    expect(mean).toBe(85);
    expect(from).toBeCloseTo(71.12, 2);
    expect(to).toBeCloseTo(98.88, 2);
  });
  it("says nothing of one value, and stays within what a value can be", () => {
    const counted = tally();
    expect(counted.interval(0, 100)).toEqual({ n: 0, mean: null, from: null, to: null });
    counted.add(100);
    expect(counted.interval(0, 100)).toEqual({ n: 1, mean: 100, from: null, to: null });
    counted.add(20);
    expect(counted.interval(0, 100)).toMatchObject({ from: 0, to: 100 });
  });
});
