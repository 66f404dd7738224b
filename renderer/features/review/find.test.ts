import { describe, expect, it } from "vitest";
import type { Turn } from "../../../app/conversation/conversation.ts";
import { findMatches, shownText, wordOffsets } from "./find.ts";

const spoken = (text: string): Turn => ({
  id: text,
  participantId: "a",
  startMs: 0,
  endMs: 1_000,
  text,
  words: text.split(" ").map((word, index) => ({ id: `${index}`, text: word, startMs: 0, endMs: 1, confidence: null })),
  speakerConfidence: null,
});

describe("find in the transcript", () => {
  it("finds over word borders, without regard to case and accents", () => {
    const turns = [spoken("Your card number, please."), spoken("The CARD is Zoë's card.")];
    expect(findMatches(turns, "card")).toEqual([
      { turn: 0, from: 5, to: 9 },
      { turn: 1, from: 4, to: 8 },
      { turn: 1, from: 18, to: 22 },
    ]);
    expect(findMatches(turns, "zoe")).toHaveLength(1);
    expect(findMatches(turns, "card number")).toEqual([{ turn: 0, from: 5, to: 16 }]);
    expect(findMatches(turns, "  ")).toEqual([]);
  });

  it("asks for the case, or for whole words, where wished", () => {
    const turns = [spoken("Card cards CARD.")];
    expect(findMatches(turns, "card", 9, { matchCase: false, wholeWords: true })).toEqual([
      { turn: 0, from: 0, to: 4 },
      { turn: 0, from: 11, to: 15 },
    ]);
    expect(findMatches(turns, "card", 9, { matchCase: true, wholeWords: false })).toEqual([{ turn: 0, from: 5, to: 9 }]);
  });

  it("counts what is masked once", () => {
    const masked: Turn = {
      ...spoken("is [name] ok"),
      words: spoken("is [name]  ok").words.map((word, index) =>
        index === 1 || index === 2 ? { ...word, redaction: "name" } : word,
      ),
    };
    expect(shownText(masked)).toBe("is [name] ok");
    expect(wordOffsets(masked)).toEqual([0, 3, 9, 10]);
    expect(findMatches([masked], "ok")).toEqual([{ turn: 0, from: 10, to: 12 }]);
  });

  it("searches the text of a turn without words", () => {
    expect(findMatches([{ ...spoken("x"), words: [], text: "A refund" }], "refund")).toEqual([{ turn: 0, from: 2, to: 8 }]);
  });

  it("knows where each word begins", () => {
    const turn = spoken("one three five");
    expect(wordOffsets(turn)).toEqual([0, 4, 10]);
    expect(shownText(turn).slice(4, 9)).toBe("three");
  });

  it("stops at the most it was asked for", () => {
    expect(findMatches([spoken("a a a a a")], "a", 3)).toHaveLength(3);
  });
});
