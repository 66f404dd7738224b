import { describe, expect, it } from "vitest";
import { clock, count, fineClock, moment, percent, roughSpan, signed, size, span } from "./time.ts";

describe("times as people say them", () => {
  it.each([
    [0, "0:00"],
    [7_900, "0:07"],
    [724_000, "12:04"],
    [3_750_000, "1:02:30"],
    [-5, "0:00"],
  ])("a position of %i ms is %s", (ms, said) => expect(clock(ms)).toBe(said));

  it("adds tenths where they matter", () => expect(fineClock(724_380)).toBe("12:04.3"));

  it.each([
    [0, "0 s"],
    [420, "0.4 s"],
    [6_000, "6 s"],
    [59_600, "1 min"],
    [200_000, "3 min 20 s"],
    [3_600_000, "1 h"],
    [3_720_000, "1 h 2 min"],
  ])("a length of %i ms is %s", (ms, said) => expect(span(ms)).toBe(said));

  it.each([
    [1_200, "5 s"],
    [43_000, "45 s"],
    [204_000, "3 min 20 s"],
    [905_000, "15 min"],
  ])("%i ms left is told as %s", (ms, said) => expect(roughSpan(ms)).toBe(said));

  it("writes shares and sizes", () => {
    expect(percent(0.456, "en")).toBe("46%");
    expect(count(19_800, "en")).toBe("19,800");
    expect(size(0)).toBe("0 KB");
    expect(size(640_000)).toBe("640 KB");
    expect(size(12_345_678)).toBe("12.3 MB");
    expect(size(1_620_000_000)).toBe("1.6 GB");
  });

  it("says today for today and the day for others", () => {
    const now = new Date(2026, 10, 21, 15, 0);
    const today = (time: string) => `Today ${time}`;
    expect(moment(new Date(2026, 10, 21, 9, 5).toISOString(), today, now, "en-GB")).toBe("Today 09:05");
    expect(moment(new Date(2026, 9, 2, 9, 5).toISOString(), today, now, "en-GB")).toBe("2 Oct 09:05");
    expect(moment(new Date(2025, 9, 2, 9, 5).toISOString(), today, now, "en-GB")).toBe("2 Oct 2025 09:05");
  });

  it("gives a score its sign, and zero none", () => {
    expect([1.84, -0.44, -0.04, 0].map(signed)).toEqual(["+1.8", "−0.4", "0.0", "0.0"]);
  });
});
