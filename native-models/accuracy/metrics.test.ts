import { describe, expect, it } from "vitest";
import { diarizationErrorRate, diarizationErrors, readRttm } from "./diarization-error.ts";
import { percentile, spreadOf } from "./percentiles.ts";
import { comparableWords, concatenatedWordErrorRate, concatenatedWordErrors, wordErrorRate, wordErrors } from "./word-error.ts";

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

  it("is what is published (https://jitsi.github.io/jiwer/usage/)", () => {
    expect(wordErrorRate(wordErrors(["hello", "world"], ["hello", "duck"]))).toBe(0.5);
  });

  // The worked examples of `cp_word_error_rate` (https://github.com/fgnt/meeteval, meeteval/wer/wer/cp.py).
  it.each([
    [["a b c", "d e f"], ["a b c", "d e f"], 0, 6],
    [["a b", "c d"], ["a b", "c d", "e f"], 2, 4],
    [["a", "b", "c d"], ["a", "b"], 2, 4],
    [["a", "b", "c"], ["b", "c", "d", "a"], 1, 3],
    [["a b"], ["z", "a e f"], 3, 2],
    [["a b", "k"], ["", "a e f"], 3, 3],
  ] as const)("with speakers is what is published: %j, %j", (reference, hypothesis, errors, words) => {
    const lines = (all: readonly string[]) => all.map((line) => line.split(" ").filter((word) => word !== ""));
    expect(concatenatedWordErrors(lines(reference), lines(hypothesis))).toEqual({ errors, words });
    expect(concatenatedWordErrorRate(lines(reference), lines(hypothesis))).toBeCloseTo(errors / words);
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

  it("is what is published (https://pyannote.github.io/pyannote-metrics/basics.html)", () => {
    const stretches = (all: readonly (readonly [string, number, number])[]) =>
      all.map(([speaker, start, end]) => ({ speaker, start, end }));
    const reference = stretches([
      ["A", 0, 10],
      ["B", 12, 20],
      ["A", 24, 27],
      ["C", 30, 40],
    ]);
    const hypothesis = stretches([
      ["a", 2, 13],
      ["d", 13, 14],
      ["b", 14, 20],
      ["c", 22, 38],
      ["d", 38, 40],
    ]);
    const errors = diarizationErrors(reference, hypothesis, 0);
    for (const [name, seconds] of Object.entries({ speech: 31, missed: 2, falseAlarm: 7, confused: 7 }))
      expect(errors[name as keyof typeof errors]).toBeCloseTo(seconds);
    expect(diarizationErrorRate(errors).toFixed(3)).toBe("0.516");
  });

  it("without overlap is what is published (https://github.com/wq2012/SimpleDER)", () => {
    const found = [
      { speaker: "1", start: 0, end: 0.8 },
      { speaker: "2", start: 0.8, end: 1.4 },
      { speaker: "3", start: 1.5, end: 1.8 },
      { speaker: "1", start: 1.8, end: 2 },
    ];
    const said = [
      { speaker: "A", start: 0, end: 1 },
      { speaker: "B", start: 1, end: 1.5 },
      { speaker: "A", start: 1.6, end: 2.1 },
    ];
    expect(diarizationErrorRate(diarizationErrors(said, found, 0)).toFixed(3)).toBe("0.350");
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

describe("the spread of errors", () => {
  it("has a middle, a ninth tenth, a 95th part, and the share within 100 ms", () => {
    const errors = Array.from({ length: 100 }, (_, i) => 2 * (99 - i));
    expect(spreadOf(errors)).toEqual({ median: 100, p90: 180, p95: 190, within100: 0.51 });
    expect([percentile([3, 1, 2], 0.5), percentile([3, 1, 2], 1)]).toEqual([2, 3]);
    expect(percentile([], 0.5)).toBeNaN();
  });
});
