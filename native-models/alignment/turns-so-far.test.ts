import { describe, expect, it } from "vitest";
import type { Turn } from "../../app/conversation/conversation.ts";
import { turnsOf, type VoicedWord } from "./turns.ts";
import { turnsSoFar } from "./turns-so-far.ts";

const word = (voice: number, text: string, startMs: number, endMs: number): VoicedWord => {
  return { voice, text, startMs, endMs, confidence: 0.9, speakerConfidence: null };
};

/** A call with short answers, an overlap over several turns, and a pause within a turn. */
const call: VoicedWord[] = [
  word(0, "hello", 0, 400),
  word(0, "there", 500, 900),
  word(1, "hi", 1_200, 1_500),
  word(0, "so", 2_000, 2_300),
  word(1, "yes", 2_200, 2_600),
  word(0, "then", 2_700, 3_000),
  word(1, "well", 3_900, 4_200),
  word(1, "no", 5_100, 5_400),
  word(0, "bye", 7_000, 7_400),
];

describe("turns so far", () => {
  it("come out, piece by piece, as they do when all words are known, with the same ids", () => {
    // Windows of each voice become known at different times.
    const heard: { untilMs: number; words: VoicedWord[] }[] = [
      { untilMs: 1_000, words: call.filter(({ voice, startMs }) => voice === 0 && startMs < 1_600) },
      { untilMs: 1_900, words: call.filter(({ voice, startMs }) => voice === 1 && startMs < 3_000) },
      { untilMs: 3_800, words: call.filter(({ voice, startMs }) => voice === 0 && startMs >= 1_600) },
      { untilMs: 7_500, words: call.filter(({ voice, startMs }) => voice === 1 && startMs >= 3_000) },
    ];
    const soFar = turnsSoFar();
    let shown: Turn[] = [];
    const froms: number[] = [];
    for (const { untilMs, words } of heard) {
      soFar.add(words);
      const { from, turns } = soFar.upTo(untilMs);
      froms.push(from);
      shown = [...shown.slice(0, from), ...turns];
      // All that was said until then, and nothing of what was said later.
      const known = call.filter(({ startMs }) => startMs < untilMs).map(({ text }) => text);
      expect(shown.flatMap((turn) => turn.words.map(({ text }) => text)).toSorted()).toEqual(known.toSorted());
    }
    expect(shown).toEqual(turnsOf(call));
    // What was finished is not told again.
    expect(froms.at(-1)).toBeGreaterThan(0);
  });

  it("keep a turn open for as long as what is to come may go on with it", () => {
    const soFar = turnsSoFar();
    soFar.add([word(0, "one", 0, 500)]);
    expect(soFar.upTo(1_200)).toMatchObject({ from: 0, turns: [{ id: "t0", text: "one" }] });
    soFar.add([word(0, "two", 1_250, 1_600)]);
    expect(soFar.upTo(9_000)).toMatchObject({ from: 0, turns: [{ id: "t0", text: "one two" }] });
    soFar.add([word(1, "three", 9_500, 9_900)]);
    expect(soFar.upTo(20_000)).toMatchObject({ from: 1, turns: [{ id: "t1", text: "three", words: [{ id: "w2" }] }] });
  });
});
