import { describe, expect, it } from "vitest";
import { energyActivity } from "./energy-activity.ts";
import { joinStretches, padStretches, sharedSamples } from "./spans.ts";

/** Levels in dB, 50 a second: a floor, with speech at some seconds. */
function levelsOf(
  seconds: number,
  floor: (second: number) => number,
  speech: readonly (readonly [number, number, number])[],
): Float32Array {
  return Float32Array.from({ length: seconds * 50 }, (_, i) => {
    const at = i / 50;
    const loud = speech.find(([from, to]) => at >= from && at < to);
    const ripple = 2 * Math.sin(i * 1.7);
    return loud === undefined ? floor(at) + ripple : loud[2] + 3 * ripple;
  });
}

describe("speech by level", () => {
  it("finds who says little in a long call, over silence and over hiss, and nobody in clicks", () => {
    for (const floor of [-120, -58]) {
      const levels = levelsOf(400, () => floor, [
        [100, 103, -25],
        [300, 304, -30],
      ]);
      const found = energyActivity(levels).map(({ start, end }) => [start / 16_000, end / 16_000]);
      expect(found.map(([start]) => Math.round(start ?? 0))).toEqual([100, 300]);
      expect(found[1]?.[1]).toBeCloseTo(304, 1);
    }
    const clicks = levelsOf(400, () => -70, [
      [10, 10.02, -5],
      [200, 200.04, -5],
    ]);
    expect(energyActivity(clicks)).toEqual([]);
  });

  it("finds speech above a floor that rises along the recording", () => {
    const levels = levelsOf(60, (at) => -70 + at / 3, [
      [5, 9, -25],
      [20, 24, -28],
      [45, 50, -25],
    ]);
    const found = energyActivity(levels).map(({ start, end }) => [start / 16_000, end / 16_000]);
    expect(found).toHaveLength(3);
    expect(found[2]?.[0]).toBeCloseTo(45, 1);
    expect(found[2]?.[1]).toBeCloseTo(50, 1);
  });

  it("finds nothing in silence, in even noise and in a click", () => {
    expect(energyActivity(new Float32Array(500).fill(-100))).toEqual([]);
    expect(energyActivity(levelsOf(20, () => -20, []))).toEqual([]);
    expect(energyActivity(levelsOf(20, () => -70, [[5, 5.06, -20]]))).toEqual([]);
    expect(energyActivity(new Float32Array(0))).toEqual([]);
  });
});

describe("stretches", () => {
  it("join over a pause, share the pause when padded, and are measured against others", () => {
    expect(
      joinStretches(
        [
          { start: 50, end: 60 },
          { start: 0, end: 10 },
          { start: 12, end: 20 },
        ],
        2,
      ),
    ).toEqual([
      { start: 0, end: 20 },
      { start: 50, end: 60 },
    ]);
    expect(
      padStretches(
        [
          { start: 5, end: 10 },
          { start: 14, end: 90 },
        ],
        10,
        95,
      ),
    ).toEqual([
      { start: 0, end: 12 },
      { start: 12, end: 95 },
    ]);
    expect(
      sharedSamples({ start: 5, end: 25 }, [
        { start: 0, end: 10 },
        { start: 20, end: 30 },
      ]),
    ).toBe(10);
  });
});
