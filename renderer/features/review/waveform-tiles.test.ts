import { describe, expect, it } from "vitest";
import { type Bins, binMsOf, extremes, levelFor, PeakTiles, type ReadPeaks, tileBins } from "./waveform-tiles.ts";

const hour = 3_600_000;

/** A reader whose answers come when they are let. */
function slowReader() {
  const asked: { startMs: number; endMs: number; signal: AbortSignal; answer: () => void; fail: () => void }[] = [];
  const read: ReadPeaks = (startMs, endMs, bins, signal) =>
    new Promise<Bins>((resolve, reject) => {
      const channel = new Int8Array(2 * bins).fill(endMs - startMs === binMsOf(0) * tileBins ? 7 : 3);
      asked.push({ startMs, endMs, signal, answer: () => resolve([channel]), fail: () => reject(new Error("no")) });
    });
  return { asked, read };
}
const settled = () => new Promise((resolve) => setTimeout(resolve));

describe("levels", () => {
  it("are the coarsest that are still fine enough, and tiles begin at whole milliseconds", () => {
    expect(levelFor(0.01)).toBe(0);
    expect(levelFor(0.25)).toBe(0);
    expect(levelFor(0.9)).toBe(1);
    for (const part of [0.3, 1, 7, 100, 5_000]) {
      expect(binMsOf(levelFor(part))).toBeLessThanOrEqual(part);
      expect(binMsOf(levelFor(part) + 1)).toBeGreaterThan(part);
    }
    expect(Number.isInteger(binMsOf(0) * tileBins)).toBe(true);
  });
});

describe("tiles", () => {
  it("are asked for only where somebody looks, a few at a time, each once", async () => {
    const { asked, read } = slowReader();
    let arrived = 0;
    const tiles = new PeakTiles(read, 4 * hour, () => arrived++);
    tiles.want(hour, hour + 10_000, 4);
    const each = binMsOf(levelFor(4)) * tileBins;
    expect(asked.length).toBe(4);
    tiles.want(hour, hour + 10_000, 4);
    expect(asked.length).toBe(4);
    while (asked.some(({ signal }) => !signal.aborted) && tiles.held < Math.ceil(10_000 / each)) {
      for (const { answer } of asked) answer();
      await settled();
    }
    expect(arrived).toBe(asked.length);
    expect(asked.every(({ startMs, endMs }) => endMs > hour - each && startMs < hour + 10_000 + each)).toBe(true);
    expect(tiles.at(hour + 5_000, 4)?.binMs).toBe(binMsOf(levelFor(4)));
    tiles.want(hour, hour + 10_000, 4);
    expect(asked.length).toBe(arrived);
  });

  it("let go of what nobody looks at any more", async () => {
    const { asked, read } = slowReader();
    const tiles = new PeakTiles(read, 4 * hour, () => {});
    tiles.want(0, 1_000, 1);
    const before = asked.length;
    tiles.want(hour, hour + 1_000, 1);
    expect(asked.slice(0, before).every(({ signal }) => signal.aborted)).toBe(true);
    // What comes too late is not kept.
    for (const { answer } of asked.slice(0, before)) answer();
    await settled();
    expect(tiles.at(0, 1)).toBeNull();
  });

  it("stand in for finer ones that have not come", async () => {
    const { asked, read } = slowReader();
    const tiles = new PeakTiles(read, 60_000, () => {});
    tiles.want(0, 60_000, 200);
    for (const { answer } of asked) answer();
    await settled();
    const coarse = tiles.at(30_000, 1);
    expect(coarse?.binMs).toBe(binMsOf(levelFor(200)));
    expect(coarse?.startMs).toBeLessThanOrEqual(30_000);
  });

  it("are asked for again after a failure, when somebody looks again", async () => {
    const { asked, read } = slowReader();
    const tiles = new PeakTiles(read, 1_000, () => {});
    tiles.want(0, 100, 0.25);
    asked[0]?.fail();
    await settled();
    expect(asked.length).toBe(1);
    tiles.want(0, 100, 0.25);
    expect(asked.length).toBe(2);
  });

  it("do not grow with what has been looked at", async () => {
    const tiles = new PeakTiles(
      (_from, _to, bins) => Promise.resolve([new Int8Array(2 * bins)]),
      4 * hour,
      () => {},
    );
    for (let at = 0; at < 4 * hour; at += hour / 200) {
      tiles.want(at, at + 200, 0.5);
      await settled();
    }
    expect(tiles.held).toBeLessThanOrEqual(400);
    expect(tiles.held).toBeGreaterThan(100);
  });
});

describe("extremes", () => {
  it("are the least and the greatest of some parts, and flat where there are none", () => {
    const bins = Int8Array.from([-1, 2, -30, 4, -5, 60]);
    expect(extremes(bins, 0, 3)).toEqual([-30, 60]);
    expect(extremes(bins, 0, 1)).toEqual([-1, 2]);
    expect(extremes(bins, 5, 9)).toEqual([0, 0]);
  });
});
