import { describe, expect, it } from "vitest";
import type { Participant, Turn } from "../../../app/conversation/conversation.ts";
import { gainFor, lanesOf } from "./waveform-lanes.ts";
import { indexSpans, within } from "./waveform-spans.ts";

const person = (id: string, channel: number | null): Participant => ({
  id,
  role: "other",
  roleConfidence: null,
  name: null,
  channel,
});
const turn = (participantId: string, startMs: number, endMs: number): Turn => ({
  id: `${participantId}${startMs}`,
  participantId,
  startMs,
  endMs,
  text: "",
  words: [],
  speakerConfidence: null,
});

describe("lanes", () => {
  it("are the channels before anybody was told apart", () => {
    expect(lanesOf({ participants: [], turns: [] }, 2).map(({ participantId, channel }) => [participantId, channel])).toEqual([
      [null, 0],
      [null, 1],
    ]);
  });

  it("are the voices in the order of their channels, each with its channel to itself", () => {
    const lanes = lanesOf({ participants: [person("b", 1), person("a", 0)], turns: [] }, 2);
    expect(lanes.map(({ participantId, channel, only }) => [participantId, channel, only])).toEqual([
      ["a", 0, null],
      ["b", 1, null],
    ]);
  });

  it("show voices of one channel during their own turns alone", () => {
    const turns = [turn("a", 0, 100), turn("b", 100, 200), turn("a", 300, 400)];
    const lanes = lanesOf({ participants: [person("a", null), person("b", null), person("c", null)], turns }, 1);
    expect(lanes.map((lane) => lane.participantId)).toEqual(["a", "b"]);
    expect(lanes[0]?.only?.items.map((each) => each.startMs)).toEqual([0, 300]);
    expect(lanes[1]?.only?.items.map((each) => each.startMs)).toEqual([100]);
  });

  it("never ask for a channel that was not recorded", () => {
    expect(lanesOf({ participants: [person("a", 5)], turns: [] }, 2)[0]?.channel).toBe(1);
  });

  it("are drawn larger when the recording is quiet, within reason", () => {
    expect(gainFor(127)).toBe(1);
    expect(gainFor(63.5)).toBe(2);
    expect(gainFor(1)).toBe(8);
    expect(gainFor(0)).toBe(1);
  });
});

describe("spans in a stretch", () => {
  const spans = [
    { startMs: 500, endMs: 600 },
    { startMs: 0, endMs: 1_000 },
    { startMs: 2_000, endMs: 2_000 },
    { startMs: 700, endMs: 800 },
  ];
  const index = indexSpans(spans);
  const starts = (from: number, to: number) => within(index, from, to).map((each) => each.startMs);

  it("are those that touch it, in order, a long one that began long before too", () => {
    expect(starts(0, 3_000)).toEqual([0, 500, 700, 2_000]);
    expect(starts(650, 720)).toEqual([0, 700]);
    expect(starts(1_500, 1_999)).toEqual([]);
    expect(starts(1_500, 2_000)).toEqual([2_000]);
    expect(within(indexSpans([]), 0, 10)).toEqual([]);
  });

  it("agree with looking at each", () => {
    const many = Array.from({ length: 300 }, (_, at) => ({
      startMs: (at * 7_919) % 5_000,
      endMs: ((at * 7_919) % 5_000) + ((at * 31) % 400),
    }));
    const laid = indexSpans(many);
    for (const [from, to] of [
      [0, 5_500],
      [100, 101],
      [2_000, 2_050],
      [4_999, 9_999],
    ] as const) {
      const plain = many.filter((each) => each.endMs >= from && each.startMs <= to).length;
      expect(within(laid, from, to)).toHaveLength(plain);
    }
  });
});
