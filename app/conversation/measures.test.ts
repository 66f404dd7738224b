import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { measuresSchema, type Participant, type Turn } from "./conversation.ts";
import { complement, measure, union } from "./measures.ts";

const demoCalls = join(dirname(fileURLToPath(import.meta.url)), "../../../shared/audio/demo-calls");

function participant(id: string): Participant {
  return { id, role: "other", roleConfidence: null, name: null, channel: null };
}

const two = [participant("a"), participant("b")];

/** A turn "a 0-1000", with a text and with the spans of its words where given. */
function turn(written: string, text = "", words: readonly (readonly [number, number])[] = []): Turn {
  const [, participantId = "", start, end] = /^(\w+) (\d+)-(\d+)$/u.exec(written) ?? [];
  return {
    id: written,
    participantId,
    startMs: Number(start),
    endMs: Number(end),
    text,
    words: words.map(([startMs, endMs], index) => ({ id: `${written} ${index}`, text: "w", startMs, endMs, confidence: null })),
    speakerConfidence: null,
  };
}

describe("a written conversation", () => {
  it("has neither talk nor silence, however long nobody writes", () => {
    const measures = measure(7_200_000, two, [turn("a 0-0", "Hello there"), turn("b 7200000-7200000", "Are you still there?")]);
    expect(measures).toMatchObject({ talkMs: 0, nonTalkMs: 0, silences: [], longestSilenceMs: 0 });
    expect(measures.participants.map(({ words }) => words)).toEqual([2, 4]);
  });
});

describe("silence", () => {
  it("is a stretch of at least 3 s without speech, at the ends as in the middle", () => {
    const measures = measure(20_000, two, [turn("a 3000-5000"), turn("b 7999-9000"), turn("a 12000-16500")]);
    expect(measures.silences).toEqual([
      { startMs: 0, endMs: 3_000 },
      { startMs: 9_000, endMs: 12_000 },
      { startMs: 16_500, endMs: 20_000 },
    ]);
    expect(measures.longestSilenceMs).toBe(3_500);
    expect(measures.talkMs).toBe(7_501);
    expect(measures.nonTalkMs).toBe(12_499);
  });

  it("is found between the words of one turn, a shorter pause is part of the talk", () => {
    const words = [
      [0, 1_000],
      [3_900, 4_500],
      [10_500, 11_000],
    ] as const;
    const measures = measure(11_000, two, [turn("a 0-11000", "x", words)]);
    expect(measures.silences).toEqual([{ startMs: 4_500, endMs: 10_500 }]);
    expect(measures.talkMs).toBe(5_000);
    expect(measures.participants[0]).toMatchObject({ talkMs: 5_000, longestTurnMs: 11_000, turns: 1 });
  });

  it("is not where the other speaks", () => {
    const measures = measure(11_000, two, [
      turn("a 0-11000", "x", [
        [0, 1_000],
        [9_000, 11_000],
      ]),
      turn("b 1500-8500"),
    ]);
    expect(measures.silences).toEqual([]);
    expect(measures.overlaps).toEqual([]);
  });
});

describe("overlaps and interruptions", () => {
  it("tell somebody who breaks in and goes on from a word of agreement", () => {
    const measures = measure(10_000, two, [turn("a 0-4000"), turn("b 1000-1400"), turn("b 3200-6000")]);
    expect(measures.overlaps).toEqual([
      { startMs: 1_000, endMs: 1_400 },
      { startMs: 3_200, endMs: 4_000 },
    ]);
    expect(measures.overlapMs).toBe(1_200);
    expect(measures.interruptions).toEqual([{ startMs: 3_200, endMs: 4_000, byParticipantId: "b", ofParticipantId: "a" }]);
    expect(measures.participants.map(({ interruptions }) => interruptions)).toEqual([0, 1]);
  });

  it.each([
    ["shorter than 150 ms", ["a 0-1000", "b 851-3000"], 0, 0],
    ["of exactly 150 ms", ["a 0-1000", "b 850-3000"], 150, 0],
    ["of 499 ms: an overlap, not an interruption", ["a 0-1000", "b 501-3000"], 499, 0],
    ["of exactly 500 ms", ["a 0-1000", "b 500-3000"], 500, 1],
    ["begun together", ["a 0-1000", "b 0-3000"], 1_000, 0],
    ["of one with oneself", ["a 0-1000", "a 300-3000"], 0, 0],
    ["touching", ["a 0-1000", "b 1000-3000"], 0, 0],
  ] as const)("handle a crossing %s", (_what, turns, overlapMs, interruptions) => {
    const measures = measure(
      3_000,
      two,
      turns.map((one) => turn(one)),
    );
    expect(measures.overlapMs).toBe(overlapMs);
    expect(measures.interruptions).toHaveLength(interruptions);
  });

  it("count nested stretches of three voices once", () => {
    const three = [...two, participant("c")];
    const measures = measure(10_000, three, [turn("a 0-8000"), turn("b 1000-6000"), turn("c 2000-5000"), turn("c 7000-9000")]);
    expect(measures.overlaps).toEqual([
      { startMs: 1_000, endMs: 6_000 },
      { startMs: 7_000, endMs: 8_000 },
    ]);
    expect(measures.talkMs).toBe(9_000);
    expect(measures.interruptions.map(({ byParticipantId, ofParticipantId }) => byParticipantId + ofParticipantId)).toEqual([
      "ca",
    ]);
    const shares = measures.participants.map(({ talkShare }) => talkShare);
    expect(shares).toEqual([8 / 18, 5 / 18, 5 / 18]);
  });
});

describe("figures of a participant", () => {
  it("count words where they are known, else in the text, and pace over the own talk", () => {
    const measures = measure(
      60_000,
      [...two, participant("silent")],
      [
        turn("a 0-3000", "one two three", [
          [0, 900],
          [1_000, 1_900],
          [2_000, 3_000],
        ]),
        turn("b 4000-10000", "  six words of\n plain text "),
        turn("b 11000-11000", ""),
      ],
    );
    expect(measures.participants).toEqual([
      {
        participantId: "a",
        talkMs: 3_000,
        talkShare: 1 / 3,
        turns: 1,
        words: 3,
        wordsPerMinute: 60,
        interruptions: 0,
        longestTurnMs: 3_000,
      },
      {
        participantId: "b",
        talkMs: 6_000,
        talkShare: 2 / 3,
        turns: 2,
        words: 5,
        wordsPerMinute: 50,
        interruptions: 0,
        longestTurnMs: 6_000,
      },
      {
        participantId: "silent",
        talkMs: 0,
        talkShare: 0,
        turns: 0,
        words: 0,
        wordsPerMinute: null,
        interruptions: 0,
        longestTurnMs: 0,
      },
    ]);
  });
});

describe("what is hardly a conversation", () => {
  it("has figures too", () => {
    expect(measure(0, [], [])).toEqual({
      talkMs: 0,
      nonTalkMs: 0,
      silences: [],
      longestSilenceMs: 0,
      overlaps: [],
      overlapMs: 0,
      interruptions: [],
      participants: [],
    });
    expect(measure(5_000, two, [])).toMatchObject({ talkMs: 0, nonTalkMs: 5_000, longestSilenceMs: 5_000 });
    // A chat: messages have a time and no length.
    expect(measure(60_000, two, [turn("a 0-0", "Hello there"), turn("b 60000-60000", "Hi")])).toMatchObject({
      talkMs: 0,
      participants: [
        { words: 2, wordsPerMinute: null, talkShare: 0 },
        { words: 1, wordsPerMinute: null, talkShare: 0 },
      ],
    });
  });
});

describe("whatever the turns", () => {
  it("talk and the rest are the whole length, shares are one, and nothing lies outside", () => {
    const one = fc
      .record({
        who: fc.constantFrom("a", "b", "c"),
        startMs: fc.nat(30_000),
        lengthMs: fc.integer({ min: 1, max: 9_000 }),
        words: fc.array(fc.tuple(fc.nat(40_000), fc.nat(900)), { maxLength: 5 }),
      })
      .map(({ who, startMs, lengthMs, words }) =>
        turn(
          `${who} ${startMs}-${startMs + lengthMs}`,
          "x y",
          words.map(([at, length]) => [at, at + length] as const),
        ),
      );
    fc.assert(
      fc.property(fc.array(one, { maxLength: 12 }), fc.nat(40_000), (turns, durationMs) => {
        const measures = measure(durationMs, [...two, participant("c")], turns);
        expect(measures.talkMs + measures.nonTalkMs).toBe(durationMs);
        expect(measuresSchema.parse(measures)).toEqual(measures);
        const shares = measures.participants.reduce((sum, { talkShare }) => sum + talkShare, 0);
        expect(shares).toBeCloseTo(measures.talkMs > 0 ? 1 : 0, 9);
        expect(measures.overlapMs).toBeLessThanOrEqual(measures.talkMs);
        for (const { startMs, endMs } of [...measures.silences, ...measures.overlaps, ...measures.interruptions]) {
          expect(startMs).toBeLessThan(endMs);
          expect(endMs).toBeLessThanOrEqual(durationMs);
        }
        // The order in which turns come does not matter.
        expect(measure(durationMs, two, [...turns].reverse()).talkMs).toBe(measures.talkMs);
      }),
      { numRuns: 200 },
    );
  });

  it("a union and its complement share out a stretch", () => {
    const spans = union([
      { startMs: 2, endMs: 5 },
      { startMs: 5, endMs: 7 },
      { startMs: 6, endMs: 6 },
      { startMs: 9, endMs: 20 },
    ]);
    expect(spans).toEqual([
      { startMs: 2, endMs: 7 },
      { startMs: 9, endMs: 20 },
    ]);
    expect(complement(spans, 12)).toEqual([
      { startMs: 0, endMs: 2 },
      { startMs: 7, endMs: 9 },
    ]);
  });
});

const present = existsSync(demoCalls);

it(present ? "has the synthetic calls to measure" : "has no synthetic calls here: their figures go unchecked", () => {
  expect(typeof present).toBe("boolean");
});

describe.runIf(present)("the synthetic calls", () => {
  it.each(["call1", "call2", "call3"])("%s has its silence and its overlap", (name) => {
    const call = JSON.parse(readFileSync(join(demoCalls, `${name}.json`), "utf8")) as {
      duration: number;
      events: { type: string; start: number; end: number }[];
      turns: { speaker: string; start: number; end: number; words: { s: number; e: number }[] }[];
    };
    const ms = (seconds: number) => Math.round(seconds * 1_000);
    const measures = measure(
      ms(call.duration),
      [participant("agent"), participant("customer")],
      call.turns.map((one) =>
        turn(
          `${one.speaker} ${ms(one.start)}-${ms(one.end)}`,
          "",
          one.words.map(({ s, e }) => [ms(s), ms(e)] as const),
        ),
      ),
    );
    const spansOf = (type: string) =>
      call.events.filter((event) => event.type === type).map(({ start, end }) => ({ startMs: ms(start), endMs: ms(end) }));
    expect(measures.silences).toEqual(spansOf("silence"));
    expect(measures.overlaps).toEqual(spansOf("overlap"));
    expect(measures.interruptions).toHaveLength(1);
  });
});
