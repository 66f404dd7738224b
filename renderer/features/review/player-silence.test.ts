import { describe, expect, it } from "vitest";
import type { Turn } from "../../../app/conversation/conversation.ts";
import { pastSilence, silenceMargin, unspoken } from "./player-silence.ts";

const turn = (startMs: number, endMs: number, words: [number, number][] = []): Turn => ({
  id: `t${startMs}`,
  participantId: "a",
  startMs,
  endMs,
  text: "",
  words: words.map(([from, to]) => ({ id: `w${from}`, text: "x", startMs: from, endMs: to, confidence: null })),
  speakerConfidence: null,
});

describe("where nobody speaks", () => {
  it("is between the words, also inside a turn, and between turns without words", () => {
    const turns = [
      turn(1_000, 8_000, [
        [1_000, 2_000],
        [7_000, 8_000],
      ]),
      turn(9_000, 12_000),
      turn(11_000, 20_500),
    ];
    expect(unspoken({ turns, durationMs: 25_000 })).toEqual([
      { startMs: 0, endMs: 1_000 },
      { startMs: 2_000, endMs: 7_000 },
      { startMs: 8_000, endMs: 9_000 },
      { startMs: 20_500, endMs: 25_000 },
    ]);
  });

  it("is nowhere before anybody was told apart", () => {
    expect(unspoken({ turns: [], durationMs: 25_000 })).toEqual([]);
  });
});

describe("leaving silence out", () => {
  const silences = [
    { startMs: 2_000, endMs: 7_000 },
    { startMs: 8_000, endMs: 9_000 },
  ];
  it("goes on shortly before somebody speaks", () => {
    expect(pastSilence(silences, 2_000 + silenceMargin, 2_000)).toBe(7_000 - silenceMargin);
    expect(pastSilence(silences, 5_000, 2_000)).toBe(7_000 - silenceMargin);
  });
  it("lets the break be heard, keeps short silences, and never goes back", () => {
    expect(pastSilence(silences, 2_000, 2_000)).toBeNull();
    expect(pastSilence(silences, 7_000 - silenceMargin, 2_000)).toBeNull();
    expect(pastSilence(silences, 8_500, 2_000)).toBeNull();
    expect(pastSilence(silences, 8_300, 500)).toBe(9_000 - silenceMargin);
    expect(pastSilence(silences, 500, 500)).toBeNull();
    expect(pastSilence([], 500, 500)).toBeNull();
  });
  it("does nothing where the margins would overlap", () => {
    expect(pastSilence([{ startMs: 0, endMs: 2 * silenceMargin - 1 }], silenceMargin, 100)).toBeNull();
  });
});
