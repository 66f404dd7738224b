import { describe, expect, it } from "vitest";
import { attemptOperations } from "../../../app/conversation/apply-operations.ts";
import type { Transcript, Turn } from "../../../app/conversation/conversation.ts";
import type { Operation } from "../../../app/conversation/operations.ts";
import { acceptDoubts, giveTo, mergeWithNext, nudge, offsetOf, redactionOf, splitAt, wordsWithin } from "./editing-operations.ts";

function turn(id: string, participantId: string, startMs: number, texts: readonly string[]): Turn {
  return {
    id,
    participantId,
    startMs,
    endMs: startMs + texts.length * 1_000,
    text: texts.join(" "),
    words: texts.map((text, index) => ({
      id: `${id}.${index}`,
      text,
      startMs: startMs + index * 1_000,
      endMs: startMs + index * 1_000 + 900,
      confidence: 0.9,
    })),
    speakerConfidence: null,
  };
}

const message: Turn = { ...turn("m", "p2", 9_000, []), endMs: 9_000, text: "my name is Ada" };
const turns = [
  turn("a", "p1", 0, ["I", "would", "like"]),
  turn("b", "p2", 3_000, ["mhm"]),
  turn("c", "p1", 4_000, ["to", "pay"]),
  message,
];
const [a, b] = turns as [Turn, Turn];
const transcript: Transcript = {
  durationMs: 10_000,
  language: "en",
  participants: ["p1", "p2"].map((id) => ({ id, role: "other", roleConfidence: null, name: null, channel: null })),
  turns,
  shortfalls: [],
  provenance: null,
};

/** The turns after an operation; it has to be one that can be made. */
function turnsAfter(operation: Operation | undefined): Turn[] {
  if (operation === undefined) throw new Error("No operation.");
  const { transcript: made, faults } = attemptOperations(transcript, [{ id: "x", operation }]);
  expect(faults).toEqual([null]);
  return made.turns;
}

describe("places in a text", () => {
  it("are words", () => {
    expect(wordsWithin(a, 2, 7).map((word) => word.text)).toEqual(["would"]);
    expect(wordsWithin(a, 0, 3).map((word) => word.text)).toEqual(["I", "would"]);
    expect(offsetOf(a, "a.0")).toBe(0);
    expect(offsetOf(a, "a.2")).toBe(8);
  });

  it("take a turn apart before the word they are in or before", () => {
    for (const offset of [1, 2, 4])
      expect(
        turnsAfter(splitAt(a, offset))
          .slice(0, 2)
          .map((each) => each.text),
      ).toEqual(["I", "would like"]);
    expect(splitAt(a, 0)).toBeUndefined();
    expect(splitAt(a, 12)).toBeUndefined();
  });

  it("take a message apart in its text", () => {
    expect(
      turnsAfter(splitAt(message, 8))
        .slice(-2)
        .map((each) => each.text),
    ).toEqual(["my name", "is Ada"]);
  });
});

describe("corrections of a target", () => {
  it("join over what is thrown in between", () => {
    expect(turnsAfter(mergeWithNext(turns, "a")).map((each) => each.text)).toContain("I would like to pay");
    // Nobody else says more: the one below it is.
    expect(mergeWithNext(turns, "c")).toEqual({ kind: "merge-turns", turnIds: ["c", "m"] });
    expect(mergeWithNext(turns, "m")).toBeUndefined();
  });

  it("give chosen words, else the turn, and nothing that is the speaker's already", () => {
    const target = { turns: [a] as const, words: a.words.slice(1), chosen: true, text: null };
    expect(giveTo(target, "p2")).toEqual([{ kind: "reassign-words", wordIds: ["a.1", "a.2"], participantId: "p2" }]);
    expect(giveTo({ ...target, chosen: false }, "p2")).toEqual([{ kind: "reassign-turn", turnId: "a", participantId: "p2" }]);
    expect(giveTo({ ...target, chosen: false }, "p1")).toEqual([]);
  });

  it("hide words, a whole turn, or a part of a message", () => {
    const words = turnsAfter(redactionOf({ turns: [a], words: a.words.slice(1, 2), chosen: false, text: null }, "name"));
    expect(words[0]?.text).toBe("I [name] like");
    expect(turnsAfter(redactionOf({ turns: [b], words: [], chosen: false, text: null }, "all"))[1]?.text).toBe("[all]");
    const part = { turnId: "m", start: 11, end: 14 };
    expect(turnsAfter(redactionOf({ turns: [message], words: [], chosen: false, text: part }, "name")).at(-1)?.text).toBe(
      "my name is [name]",
    );
  });

  it("accept what is in doubt and nothing else", () => {
    const target = { turns: [a] as const, words: [], chosen: false, text: null };
    expect(acceptDoubts(target, (word) => word.text === "would")).toEqual({ kind: "mark-doubt-settled", wordIds: ["a.1"] });
    expect(acceptDoubts(target, () => false)).toBeUndefined();
  });

  it("move a word, or its end", () => {
    const target = { turns: [a] as const, words: a.words.slice(1, 2), chosen: false, text: null };
    expect(nudge(target, 50, false)).toEqual({ kind: "retime-word", wordId: "a.1", startMs: 1_050, endMs: 1_950 });
    expect(nudge(target, -50, true)).toEqual({ kind: "retime-word", wordId: "a.1", startMs: 1_000, endMs: 1_850 });
  });
});
