import { describe, expect, it } from "vitest";
import type { Transcript } from "../../../../app/conversation/conversation.ts";
import { compareHearings } from "./compare-hearings.ts";

function said(text: string, more: { participantId?: string; shiftMs?: number } = {}): Transcript {
  const words = text.split(" ").filter((word) => word !== "");
  const { participantId = "p0", shiftMs = 0 } = more;
  return {
    durationMs: 100_000,
    language: "en",
    participants: [],
    turns: words.map((word, index) => {
      const [startMs, endMs] = [index * 100 + shiftMs, index * 100 + 90 + shiftMs];
      const one = { id: `w${index}`, text: word, startMs, endMs, confidence: 1 };
      return { id: `t${index}`, participantId, startMs, endMs, text: word, words: [one], speakerConfidence: null };
    }),
    shortfalls: [],
    provenance: null,
  };
}

describe("comparing two hearings", () => {
  it("finds nothing where there is nothing", () => {
    expect(compareHearings(said("how are you"), said("how are you"))).toEqual({
      firstWords: 3,
      secondWords: 3,
      same: 3,
      differences: [],
      others: [],
    });
    expect(compareHearings(said(""), said("")).differences).toEqual([]);
  });

  it("names each word that is another, more, or fewer, in order", () => {
    const { differences, same } = compareHearings(
      said("good morning this is the bank"),
      said("oh good evening this the bank now"),
    );
    expect(same).toBe(2);
    expect(
      differences.map((one) => [one.kind, "first" in one ? one.first.text : null, "second" in one ? one.second.text : null]),
    ).toEqual([
      ["only-second", null, "oh"],
      ["other-time", "good", "good"],
      ["other-word", "morning", "evening"],
      ["other-time", "this", "this"],
      ["only-first", "is", null],
      ["only-second", null, "now"],
    ]);
  });

  it("tells another voice from another time, which may differ a little", () => {
    expect(compareHearings(said("yes"), said("yes", { participantId: "p1" })).differences).toMatchObject([
      { kind: "other-voice" },
    ]);
    expect(compareHearings(said("yes"), said("yes", { shiftMs: 20 })).differences).toMatchObject([{ kind: "other-time" }]);
    expect(compareHearings(said("yes"), said("yes", { shiftMs: 20 }), 20).same).toBe(1);
  });

  it("compares texts without word times, and what is not words", () => {
    const text = said("one two");
    const wordless = { ...text, language: null, turns: text.turns.map((turn) => ({ ...turn, words: [] })) };
    const { same, others } = compareHearings(text, wordless);
    expect([same, others]).toEqual([2, ["language: en and null"]]);
  });
});
