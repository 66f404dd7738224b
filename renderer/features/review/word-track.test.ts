import { describe, expect, it } from "vitest";
import type { Turn } from "../../../app/conversation/conversation.ts";
import { lastAtOrBefore, wordTrack } from "./word-track.ts";

function turn(id: string, participantId: string, words: readonly [string, number, number][]): Turn {
  return {
    id,
    participantId,
    startMs: words[0]?.[1] ?? 0,
    endMs: words.at(-1)?.[2] ?? 0,
    text: words.map(([text]) => text).join(" "),
    words: words.map(([text, startMs, endMs]) => ({ id: `${id}.${text}`, text, startMs, endMs, confidence: 1 })),
    speakerConfidence: null,
  };
}

const turns = [
  turn("t1", "agent", [
    ["good", 0, 300],
    ["morning", 400, 900],
    ["now", 5_000, 5_400],
  ]),
  turn("t2", "customer", [["hi", 700, 950]]),
  turn("t3", "customer", [["yes", 6_000, 6_300]]),
];

describe("what is being said at a moment", () => {
  const track = wordTrack(turns);

  it("finds the word of each voice, two where both speak", () => {
    expect(track.wordsAt(100)).toEqual(["t1.good"]);
    expect(track.wordsAt(800)).toEqual(["t1.morning", "t2.hi"]);
    expect(track.wordsAt(5_100)).toEqual(["t1.now"]);
  });

  it("bridges a short pause and leaves a long one unmarked", () => {
    expect(track.wordsAt(350)).toEqual(["t1.good"]);
    expect(track.wordsAt(3_000)).toEqual([]);
    expect(track.wordsAt(9_000)).toEqual([]);
  });

  it("finds the turn that is on, also under a word thrown in and in a pause", () => {
    expect(track.turnAt(0)).toBe(0);
    expect(track.turnAt(800)).toBe(1);
    expect(track.turnAt(3_000)).toBe(0);
    expect(track.turnAt(5_700)).toBe(1);
    expect(track.turnAt(6_100)).toBe(2);
    expect(wordTrack([]).turnAt(10)).toBe(-1);
  });

  it("agrees with a plain search", () => {
    const values = Int32Array.from([1, 1, 4, 9]);
    for (let value = 0; value < 12; value++)
      expect(lastAtOrBefore(values, value)).toBe([...values].findLastIndex((each) => each <= value));
  });
});
