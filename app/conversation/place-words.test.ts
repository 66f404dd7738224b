import { describe, expect, it } from "vitest";
import type { Transcript, Turn } from "./conversation.ts";
import { placeWords } from "./place-words.ts";

/** A transcript of turns of text alone. */
function writtenAs(...texts: string[]): Transcript {
  return {
    durationMs: 0,
    language: "en",
    participants: [{ id: "p1", role: "agent", roleConfidence: null, name: null, channel: null }],
    turns: texts.map(
      (text, index): Turn => ({
        id: `t${index}`,
        participantId: "p1",
        startMs: 0,
        endMs: 0,
        text,
        words: [],
        speakerConfidence: null,
      }),
    ),
    shortfalls: [{ lacks: "word-times", reason: "not-asked", modelId: null }],
    provenance: null,
  };
}

/** A hearing: one word a second, each half a second long. */
function heardAs(text: string): Transcript {
  const words = text
    .split(" ")
    .map((word, index) => ({ id: `h${index}`, text: word, startMs: index * 1_000, endMs: index * 1_000 + 500, confidence: 0.9 }));
  const durationMs = words.length * 1_000;
  return {
    ...writtenAs(""),
    durationMs,
    turns: [{ id: "h", participantId: "p1", startMs: 0, endMs: durationMs, text, words, speakerConfidence: null }],
  };
}

const times = (transcript: Transcript) =>
  transcript.turns.map(({ words }) => words.map(({ text, startMs, endMs }) => [text, startMs, endMs]));

describe("words without times", () => {
  it("take those of the same words heard, whatever their case and marks", () => {
    const placed = placeWords(writtenAs("Hello, there!", "How are YOU?"), heardAs("hello there how are you"));
    expect(times(placed)).toEqual([
      [
        ["Hello,", 0, 500],
        ["there!", 1_000, 1_500],
      ],
      [
        ["How", 2_000, 2_500],
        ["are", 3_000, 3_500],
        ["YOU?", 4_000, 4_500],
      ],
    ]);
    expect(placed.turns.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [0, 1_500],
      [2_000, 4_500],
    ]);
    expect([placed.durationMs, placed.shortfalls]).toEqual([5_000, []]);
  });
  it("that were not heard stand between those that were, and say that nobody is sure", () => {
    const placed = placeWords(writtenAs("one two three [CARD] five"), heardAs("one four four three six seven five"));
    const words = placed.turns[0]?.words ?? [];
    expect(words.map(({ text, startMs, endMs, confidence }) => [text, startMs, endMs, confidence])).toEqual([
      ["one", 0, 500, 0.9],
      ["two", 500, 3_000, null],
      ["three", 3_000, 3_500, 0.9],
      ["[CARD]", 3_500, 6_000, null],
      ["five", 6_000, 6_500, 0.9],
    ]);
    expect(words[3]?.redaction).toBe("card");
  });
  it("stay without where nothing of them was heard", () => {
    const transcript = writtenAs("something else");
    expect(placeWords(transcript, heardAs("not a word of it"))).toBe(transcript);
    expect(placeWords(transcript, { ...heardAs("x"), turns: [] })).toBe(transcript);
  });
  it("of an hour's talk are placed in a second or two, also where a third of them was heard wrong", () => {
    const texts = Array.from({ length: 9_000 }, (_, index) => `word${index % 700}`);
    const heard = heardAs(texts.map((text, index) => (index % 3 === 1 ? "noise" : text)).join(" "));
    const began = performance.now();
    const placed = placeWords(writtenAs(texts.slice(0, 4_000).join(" "), texts.slice(4_000).join(" ")), heard);
    expect(performance.now() - began).toBeLessThan(10_000);
    const words = placed.turns.flatMap((turn) => turn.words);
    expect(words).toHaveLength(9_000);
    expect(words.every((word, index) => Math.abs(word.startMs - index * 1_000) <= 1_000)).toBe(true);
  });
});
