import { describe, expect, it } from "vitest";
import { diarizationErrorRate, diarizationErrors, readRttm } from "./diarization-error.ts";
import { comparableWords, concatenatedWordErrorRate, wordErrorRate, wordErrors } from "./word-error.ts";

describe("word error", () => {
  it("counts a worked example", () => {
    const errors = wordErrors(comparableWords("The quick brown fox jumps."), comparableWords("the quick green fox jumps over"));
    expect(errors).toMatchObject({ substitutions: 1, insertions: 1, deletions: 0, reference: 5 });
    expect(wordErrorRate(errors)).toBeCloseTo(0.4);
    expect(wordErrors(["a", "b", "c"], ["a", "c"])).toMatchObject({
      deletions: 1,
      matches: [
        [0, 0],
        [2, 1],
      ],
    });
    expect(wordErrorRate(wordErrors(["a"], []))).toBe(1);
  });

  it("compares words without case and punctuation, and keeps apostrophes inside", () => {
    expect(comparableWords("It’s \"four\" O'Clock -- 'yes'.")).toEqual(["it's", "four", "o'clock", "yes"]);
  });

  it("finds the best assignment of speakers", () => {
    expect(
      concatenatedWordErrorRate(
        [
          ["a", "b"],
          ["c", "d"],
        ],
        [
          ["c", "d"],
          ["a", "x"],
        ],
      ),
    ).toBeCloseTo(0.25);
    expect(concatenatedWordErrorRate([["a", "b"]], [["a"], ["b"]])).toBeCloseTo(1);
  });
});

describe("diarization error", () => {
  const truth = [
    { speaker: "A", start: 0, end: 10 },
    { speaker: "B", start: 8, end: 20 },
  ];

  it("counts a worked example: 1 s missed, 2 s invented, 3 s confused, of 22 s", () => {
    const errors = diarizationErrors(
      truth,
      [
        { speaker: "1", start: 0, end: 9 },
        { speaker: "2", start: 8, end: 17 },
        { speaker: "1", start: 17, end: 20 },
        { speaker: "2", start: 20, end: 22 },
      ],
      0,
    );
    expect(errors.missed).toBeCloseTo(1);
    expect(errors.falseAlarm).toBeCloseTo(2);
    expect(errors.confused).toBeCloseTo(3);
    expect(errors.speech).toBeCloseTo(22);
    expect(diarizationErrorRate(errors)).toBeCloseTo(6 / 22);
  });

  it("forgives edges within the collar, and is nought for a relabelled truth", () => {
    const late = truth.map(({ speaker, start, end }) => ({ speaker: `x${speaker}`, start: start + 0.2, end: end + 0.2 }));
    expect(diarizationErrorRate(diarizationErrors(truth, late, 0))).toBeGreaterThan(0);
    expect(diarizationErrorRate(diarizationErrors(truth, late, 0.25))).toBe(0);
  });

  it("reads RTTM", () => {
    expect(readRttm("SPEAKER x 1 6.690 0.430 <NA> <NA> s90 <NA> <NA>\nSPEAKER y 1 1 2 <NA> <NA> s1 <NA> <NA>", "x")).toEqual([
      { speaker: "s90", start: 6.69, end: 7.12 },
    ]);
  });
});
