import { describe, expect, it } from "vitest";
import type { Conversation, Turn, Word } from "../../../app/conversation/conversation.ts";
import { measure } from "../../../app/conversation/measures.ts";
import { type Marker, markerAt, momentNumber, momentsOf, redactionsOf, stepMoment } from "./player-moments.ts";

const word = (id: string, startMs: number, more: Partial<Word> = {}): Word => ({
  id,
  text: id,
  startMs,
  endMs: startMs + 300,
  confidence: 0.9,
  ...more,
});
const turn = (participantId: string, startMs: number, endMs: number, words: Word[] = []): Turn => ({
  id: `${participantId}${startMs}`,
  participantId,
  startMs,
  endMs,
  text: words.map((each) => each.text).join(" "),
  words,
  speakerConfidence: null,
});
const participants = ["a", "b"].map((id) => ({ id, role: "other" as const, roleConfidence: null, name: null, channel: null }));
const conversation = (turns: Turn[], durationMs: number): Pick<Conversation, "turns" | "measures"> => ({
  turns,
  measures: measure(durationMs, participants, turns),
});
const marker = (kind: Marker["kind"], startMs: number): Marker => ({ kind, startMs, endMs: startMs + 10, label: kind });

describe("moments", () => {
  it("are silences, interruptions, words in doubt, sounds, and what people put there, each in order", () => {
    const turns = [
      turn("a", 0, 6_000, [word("well", 0), word("unsure", 2_000, { confidence: 0.2 })]),
      turn("b", 4_000, 8_000, [word("wait", 4_000)]),
      turn("a", 20_000, 21_000, [word("again", 20_000, { doubt: "repetition" })]),
    ];
    const found = momentsOf(
      conversation(turns, 30_000),
      [marker("comment", 9_000), marker("comment", 1_000), marker("bookmark", 3_000)],
      [{ startMs: 10_000, endMs: 12_000 }],
      (each) => each.doubt !== undefined || (each.confidence ?? 1) < 0.5,
    );
    expect(found.doubt.map((each) => each.startMs)).toEqual([2_000, 20_000]);
    expect(found.silence).toEqual([
      { startMs: 8_000, endMs: 20_000 },
      { startMs: 21_000, endMs: 30_000 },
    ]);
    expect(found.interruption).toHaveLength(1);
    expect(found.comment.map((each) => each.startMs)).toEqual([1_000, 9_000]);
    expect(found.bookmark).toHaveLength(1);
    expect(found.sound).toHaveLength(1);
    expect(found.unanswered).toEqual([]);
  });

  it("are none where nobody was told apart yet", () => {
    expect(momentsOf(conversation([], 60_000), [], [], () => true).silence).toEqual([]);
  });

  it("are gone through in both directions, and end at the ends", () => {
    const moments = [1_000, 5_000, 9_000].map((startMs) => ({ startMs, endMs: startMs + 100 }));
    expect(stepMoment(moments, 0, 1)?.startMs).toBe(1_000);
    // Standing on one goes to the next, not to itself.
    expect(stepMoment(moments, 1_000, 1)?.startMs).toBe(5_000);
    expect(stepMoment(moments, 9_000, 1)).toBeUndefined();
    // Shortly after one, back means the one before; later, this one again.
    expect(stepMoment(moments, 5_400, -1)?.startMs).toBe(1_000);
    expect(stepMoment(moments, 8_000, -1)?.startMs).toBe(5_000);
    expect(stepMoment(moments, 1_000, -1)).toBeUndefined();
    expect([0, 1_000, 6_000, 99_000].map((ms) => momentNumber(moments, ms))).toEqual([0, 1, 2, 3]);
  });
});

describe("redactions", () => {
  it("join neighbouring words of one kind, and keep kinds and turns apart", () => {
    const card = { redaction: "CARD_NUMBER" };
    const turns = [
      turn("a", 0, 3_000, [word("a", 0, card), word("b", 400, card), word("c", 800), word("d", 1_200, card)]),
      turn("b", 4_000, 6_000, [word("e", 4_000, card), word("f", 4_400, { redaction: "CVV" })]),
    ];
    expect(redactionsOf({ turns }, (kind) => kind).map(({ startMs, endMs, label }) => [startMs, endMs, label])).toEqual([
      [0, 700, "CARD_NUMBER"],
      [1_200, 1_500, "CARD_NUMBER"],
      [4_000, 4_300, "CARD_NUMBER"],
      [4_400, 4_700, "CVV"],
    ]);
  });
});

describe("the marker at the playhead", () => {
  const marker = (id: string, startMs: number, endMs = startMs): Marker => ({ kind: "comment", id, label: "", startMs, endMs });
  const markers = [marker("whole", 0, 60_000), marker("word", 10_000, 10_400), marker("later", 12_000)];
  it("is the one it is on, the most particular of several, else the nearest within a second", () => {
    const at = (ms: number) => markerAt(markers.slice(1), ms)?.id;
    expect([at(10_200), at(9_300), at(8_000), at(11_300), at(13_500)]).toEqual(["word", "word", undefined, "later", undefined]);
    expect([markerAt(markers, 10_200)?.id, markerAt(markers, 30_000)?.id]).toEqual(["word", "whole"]);
    const hidden: Marker = { ...marker("hidden", 10_500, 11_000), kind: "redaction" };
    expect([markerAt([hidden, ...markers.slice(1)], 10_700)?.id, markerAt([hidden], 10_700)?.id]).toEqual(["word", "hidden"]);
  });
});
