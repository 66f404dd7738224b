import { describe, expect, it } from "vitest";
import { soundOf } from "../accuracy/recording.ts";
import {
  fullWindows,
  planWindows,
  readWindow,
  recordingSample,
  restOfWindow,
  shortWindows,
  trimmed,
  windowSamples,
} from "./windows.ts";

const second = 16_000;
const length = 200 * second;
const stretch = (from: number, to: number) => ({ start: from * second, end: to * second });
const sound = soundOf([Float32Array.from({ length }, (_, i) => (i % second) / second)]);

describe("windows", () => {
  it("are full for a Whisper of the hub: the cost follows the speech, not the turns", async () => {
    const speech = Array.from({ length: 12 }, (_, i) => stretch(i * 15, i * 15 + 4));
    const windows = await planWindows(sound, 0, speech, length, fullWindows);
    expect(windows).toHaveLength(3);
    for (const window of windows) expect(windowSamples(window)).toBeLessThanOrEqual(28 * second);
    expect(windows.flatMap(({ pieces }) => pieces)).toHaveLength(12);
  });

  it("are single pieces for a limited model, parted at half a second", async () => {
    const windows = await planWindows(sound, 0, [stretch(1, 3), stretch(3.3, 5), stretch(6, 8)], length, shortWindows);
    expect(windows.map(({ pieces }) => pieces.length)).toEqual([1, 1]);
    expect(windows[0]?.pieces[0]).toEqual({ start: 0.6 * second, end: 5.4 * second });
  });

  it("cut a stretch without a pause where it is quietest", async () => {
    const loud = Float32Array.from(
      { length: 60 * second },
      (_, i) => (Math.abs(i - 20 * second) < 2_000 ? 0.001 : 0.3) * Math.sin(i),
    );
    const windows = await planWindows(soundOf([loud]), 0, [stretch(0, 50)], 60 * second, fullWindows);
    for (const window of windows) expect(windowSamples(window)).toBeLessThanOrEqual(28 * second);
    const cut = windows[0]?.pieces[0]?.end ?? 0;
    expect(Math.abs(cut - 20 * second)).toBeLessThan(0.25 * second);
  });

  it("say where in the recording a sample lies", async () => {
    const [window] = await planWindows(sound, 0, [stretch(10, 12), stretch(50, 53)], length, fullWindows);
    if (window === undefined) throw new Error("a window is planned");
    const [first, next] = window.pieces;
    expect(first?.start).toBe(9.8 * second);
    expect(recordingSample(window, 0.2 * second, "start")).toBe(10 * second);
    // 2.4 s of the first piece, 0.4 s of joint, then the second.
    expect(recordingSample(window, 2.5 * second, "end")).toBe(first?.end);
    expect(recordingSample(window, 2.5 * second, "start")).toBe(next?.start);
    expect(recordingSample(window, 3 * second, "start")).toBeCloseTo((next?.start ?? 0) + 0.2 * second, 6);
    const samples = await readWindow(sound, 0, window);
    expect(samples[0.3 * second]).toBeCloseTo(0.1, 5);
    expect(samples[2.6 * second]).toBe(0);
    expect(restOfWindow(window, 2.9 * second, second)?.pieces).toHaveLength(1);
    expect(restOfWindow(window, windowSamples(window) - 100, second)).toBeNull();
    expect(windowSamples(trimmed(window, 1_600))).toBe(windowSamples(window) - 4 * 1_600);
  });
});
