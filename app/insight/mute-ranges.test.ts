import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { HeardSound, Turn, Word } from "../conversation/conversation.ts";
import { keyPaddingMs, leastPaddingMs, mostPaddingMs, muteRanges, paddingOf } from "./mute-ranges.ts";
import { redactCardData } from "./redaction.ts";

const word = (id: number, text: string, startMs: number, endMs: number, more: Partial<Word> = {}): Word => ({
  id: `w${id}`,
  text,
  startMs,
  endMs,
  confidence: 1,
  ...more,
});
const turn = (words: Word[], more: Partial<Turn> = {}): Turn => ({
  id: "t0",
  participantId: "p0",
  startMs: words[0]?.startMs ?? 0,
  endMs: words.at(-1)?.endMs ?? 0,
  text: words.map(({ text }) => text).join(" "),
  words,
  speakerConfidence: null,
  ...more,
});
const keys = (startMs: number, endMs: number, kind: HeardSound["kind"] = "dtmf"): HeardSound => ({
  kind,
  startMs,
  endMs,
  confidence: 0.95,
  channel: null,
});

describe("the ranges to mute", () => {
  it("are none where nothing is masked and no key was pressed", () => {
    const turns = [turn([word(0, "Hello.", 100, 500)])];
    expect(muteRanges({ durationMs: 10_000, turns, sounds: [keys(1_000, 2_000, "music"), keys(3_000, 3_500, "ring")] })).toEqual(
      [],
    );
  });

  it("reach from the first masked word to the last, with the pauses between", () => {
    const turns = [
      turn([
        word(0, "It's", 1_000, 1_200),
        word(1, "[card number]", 2_000, 2_300, { redaction: "card-number" }),
        word(2, "", 6_000, 6_300, { redaction: "card-number" }),
        word(3, "Thanks.", 9_000, 9_400),
      ]),
    ];
    expect(muteRanges({ durationMs: 10_000, turns })).toEqual([
      { startMs: 2_000 - leastPaddingMs, endMs: 6_300 + leastPaddingMs },
    ]);
  });

  it("grow with the doubt about a word", () => {
    const paddings = [
      { confidence: 1 },
      { confidence: 0.6 },
      { confidence: 0.1 },
      { confidence: null },
      { confidence: 1, doubt: "improbable" as const },
    ].map(paddingOf);
    expect(paddings[0]).toBe(leastPaddingMs);
    expect(paddings[1]).toBeGreaterThan(leastPaddingMs);
    expect(paddings[2]).toBeGreaterThan(paddings[1] ?? 0);
    expect(paddings.slice(3)).toEqual([mostPaddingMs, mostPaddingMs]);
  });

  it("are the whole turn where only its text, or its translation, says that something is masked", () => {
    const whole = { startMs: 2_000, endMs: 5_000 };
    const expected = [{ startMs: 1_500, endMs: 5_500 }];
    const inText = turn([], { ...whole, text: "My card is [card number]." });
    const inTranslation = turn([word(0, "Hola", 2_000, 5_000)], { ...whole, text: "Hola", translation: "It is [card number]" });
    expect(muteRanges({ durationMs: 9_000, turns: [inText] })).toEqual(expected);
    expect(muteRanges({ durationMs: 9_000, turns: [inTranslation] })).toEqual(expected);
  });

  it("hold what a person has hidden", () => {
    expect(muteRanges({ durationMs: 9_000, turns: [], hidden: [{ startMs: 2_000, endMs: 2_500 }] })).toEqual([
      { startMs: 2_000 - leastPaddingMs, endMs: 2_500 + leastPaddingMs },
    ]);
  });

  it("hold the keys pressed, and end with the recording", () => {
    expect(muteRanges({ durationMs: 3_010, turns: [], sounds: [keys(20, 500), keys(2_000, 3_000)] })).toEqual([
      { startMs: 0, endMs: 500 + keyPaddingMs },
      { startMs: 2_000 - keyPaddingMs, endMs: 3_010 },
    ]);
  });

  it("cover every masked word of what redaction makes of a card number read aloud", () => {
    const said = "my card number is four one one one one one one one one one one one one one one one okay".split(" ");
    const words = said.map((text, at) => word(at, text, at * 400, at * 400 + 300, { confidence: 0.8 }));
    const { transcript } = redactCardData({
      durationMs: 10_000,
      language: "en",
      participants: [{ id: "p0", role: "customer", roleConfidence: null, name: null, channel: 0 }],
      turns: [turn(words)],
      shortfalls: [],
      provenance: null,
    });
    const ranges = muteRanges(transcript);
    expect(ranges).toHaveLength(1);
    expect(ranges[0]?.startMs).toBeLessThan(4 * 400);
    expect(ranges[0]?.endMs).toBeGreaterThan(19 * 400 + 300);
    expect(ranges[0]?.startMs).toBeGreaterThan(2 * 400);
  });

  it("are in order, apart and within the recording, whatever the transcript says", () => {
    const words = fc.array(
      fc.record({
        startMs: fc.integer({ min: 0, max: 12_000 }),
        length: fc.integer({ min: -50, max: 2_000 }),
        masked: fc.boolean(),
        confidence: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      }),
    );
    fc.assert(
      fc.property(words, (list) => {
        const all = list.map((each, at) =>
          word(at, "x", each.startMs, Math.max(0, each.startMs + each.length), {
            confidence: each.confidence,
            ...(each.masked ? { redaction: "card-number" } : {}),
          }),
        );
        const ranges = muteRanges({ durationMs: 10_000, turns: [turn(all)] });
        for (const [at, { startMs, endMs }] of ranges.entries()) {
          expect(endMs).toBeGreaterThan(startMs);
          expect(startMs).toBeGreaterThanOrEqual(ranges[at - 1]?.endMs ?? 0);
          expect(endMs).toBeLessThanOrEqual(10_000);
        }
        for (const each of all.filter((one) => one.redaction !== undefined && one.startMs < 10_000)) {
          const middle = Math.min(9_999, Math.max(each.startMs, each.endMs - 1));
          expect(ranges.some(({ startMs, endMs }) => middle >= startMs && middle < endMs)).toBe(true);
        }
      }),
    );
  });
});
