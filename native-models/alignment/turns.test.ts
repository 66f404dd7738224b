import { describe, expect, it } from "vitest";
import { turnsOf, type VoicedWord, wordlessTurns } from "./turns.ts";
import { wordsToVoices } from "./voices.ts";
import { type HeardWord, markRepetition, refine } from "./words.ts";

const said = (voice: number, text: string, startMs: number, endMs: number): VoicedWord => ({
  voice,
  text,
  startMs,
  endMs,
  confidence: 0.9,
  speakerConfidence: null,
});

describe("turns", () => {
  it("end at a long pause and when the other takes over, and overlap where two speak at once", () => {
    const turns = turnsOf([
      said(0, "One", 0, 300),
      said(0, "moment.", 700, 1_000),
      said(0, "Hello?", 2_200, 2_500),
      said(0, "I", 3_000, 3_100),
      said(1, "Yes?", 3_150, 3_500),
      said(0, "mean", 3_700, 3_900),
      said(0, "this", 3_900, 4_400),
      said(1, "Wait!", 4_000, 4_300),
      said(0, "one.", 4_400, 4_900),
    ]);
    expect(turns.map(({ id, participantId, text, startMs, endMs }) => [id, participantId, text, startMs, endMs])).toEqual([
      ["t0", "p0", "One moment.", 0, 1_000],
      ["t1", "p0", "Hello? I", 2_200, 3_100],
      ["t2", "p1", "Yes?", 3_150, 3_500],
      ["t3", "p0", "mean this one.", 3_700, 4_900],
      ["t4", "p1", "Wait!", 4_000, 4_300],
    ]);
    const words = turns.flatMap((turn) => turn.words).sort((a, b) => a.startMs - b.startMs);
    expect(words.map(({ id }) => id)).toEqual(words.map((_, i) => `w${i}`));
  });

  it("come from stretches alone where there are no words", () => {
    const segment = (voice: number, startMs: number, endMs: number) => ({ voice, startMs, endMs, confidence: 0.5 });
    const turns = wordlessTurns([
      segment(0, 0, 1_000),
      segment(0, 1_400, 2_000),
      segment(1, 2_100, 3_000),
      segment(0, 3_200, 4_000),
    ]);
    expect(turns.map(({ participantId, startMs, endMs, words }) => [participantId, startMs, endMs, words.length])).toEqual([
      ["p0", 0, 2_000, 0],
      ["p1", 2_100, 3_000, 0],
      ["p0", 3_200, 4_000, 0],
    ]);
    expect(turns[0]?.speakerConfidence).toBe(0.5);
  });
});

describe("words and voices", () => {
  const exclusive = [
    { voice: 0, startMs: 0, endMs: 2_000, confidence: 0.9 },
    { voice: 1, startMs: 2_000, endMs: 4_000, confidence: 0.8 },
  ];
  const place = (text: string, startMs: number, endMs: number) => ({ text, startMs, endMs });

  it("go together by time, to the nearest voice where nobody was heard, and change at a sentence's end", () => {
    const assigned = wordsToVoices(
      [
        place("how", 1_000, 1_400),
        place("are", 1_400, 1_900),
        // Half of it in the other's stretch, but the sentence ends with it.
        place("you?", 1_900, 2_150),
        place("Fine,", 2_300, 2_800),
        place("thanks.", 4_300, 4_600),
      ],
      exclusive,
    );
    expect(assigned.map(({ voice }) => voice)).toEqual([0, 0, 0, 1, 1]);
    expect(assigned[0]?.confidence).toBe(0.9);
  });
});

describe("word edges", () => {
  const heard = (text: string, start: number, end: number): HeardWord => ({ text, start, end, confidence: 0.9 });

  it("come back from silence to speech; what nobody spoke is marked and kept", () => {
    const speech = [
      { start: 16_000, end: 32_000 },
      { start: 64_000, end: 80_000 },
    ];
    const words = refine(
      [heard("a", 12_000, 20_000), heard("b", 28_000, 40_000), heard("c", 31_900, 70_000), heard("d", 45_000, 50_000)],
      speech,
    );
    expect(words.map(({ start, end }) => [start, end])).toEqual([
      [16_000, 20_000],
      [28_000, 32_000],
      [64_000, 70_000],
      [45_000, 50_000],
    ]);
    expect(words.map(({ doubt }) => doubt)).toEqual([undefined, undefined, undefined, "no-speech"]);
  });

  it("stay where they are when a word goes round and round, and the rounds are marked", () => {
    const loop = "thank you for that "
      .repeat(4)
      .trim()
      .split(" ")
      .map((text, i) => heard(text, i * 100, i * 100 + 90));
    const marked = markRepetition([heard("Well", 0, 1), ...loop]);
    expect(marked).toHaveLength(17);
    expect(marked.filter(({ doubt }) => doubt === "repetition")).toHaveLength(12);
    const plain = markRepetition(["no", "no", "no", "two", "two", "four"].map((text) => heard(text, 0, 1)));
    expect(plain.every(({ doubt }) => doubt === undefined)).toBe(true);
  });
});
