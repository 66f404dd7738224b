import { describe, expect, it } from "vitest";
import type { HeardSound, Turn } from "../../../app/conversation/conversation.ts";
import { measure } from "../../../app/conversation/measures.ts";
import { soundedFigures, soundedSpans } from "./sounds-lane.ts";

const people = (["ivr", "agent", "customer"] as const).map((role) => ({
  id: role,
  role,
  roleConfidence: null,
  name: null,
  channel: null,
}));
const turn = (participantId: string, startMs: number, endMs: number): Turn => ({
  id: `${participantId}${startMs}`,
  participantId,
  startMs,
  endMs,
  text: "x",
  words: [],
  speakerConfidence: null,
});
const sound = (kind: HeardSound["kind"], startMs: number, endMs: number, channel: number | null = null): HeardSound => ({
  kind,
  startMs,
  endMs,
  channel,
  confidence: 1,
});
const of = (turns: Turn[], sounds: HeardSound[], durationMs = 60_000) =>
  soundedSpans({ turns, participants: people, sounds, measures: measure(durationMs, people, turns) });

describe("what is no talk", () => {
  it("names what was heard, what a menu says, and silence in which nothing is to be heard", () => {
    const spans = of(
      [turn("ivr", 4_000, 9_000), turn("agent", 12_000, 20_000), turn("customer", 50_000, 60_000)],
      [sound("ring", 0, 2_000, 0), sound("ring", 50, 2_000, 1), sound("dtmf", 9_500, 10_500), sound("music", 22_000, 40_000)],
    );
    expect(spans.map(({ kind, startMs, endMs }) => [kind, startMs, endMs])).toEqual([
      ["ring", 0, 2_000],
      ["ivr", 4_000, 9_000],
      ["dtmf", 9_500, 10_500],
      ["music", 22_000, 40_000],
      ["dead-air", 40_000, 50_000],
    ]);
    expect(soundedFigures(spans)).toEqual([
      { kind: "ivr", count: 1, totalMs: 5_000 },
      { kind: "ring", count: 1, totalMs: 2_000 },
      { kind: "dtmf", count: 1, totalMs: 1_000 },
      { kind: "music", count: 1, totalMs: 18_000 },
      { kind: "dead-air", count: 1, totalMs: 10_000 },
    ]);
  });

  it("parts dead air by what is heard in it, and lets go of what is too short", () => {
    const spans = of([turn("agent", 0, 10_000), turn("customer", 30_000, 60_000)], [sound("tone", 12_000, 13_000)]);
    expect(spans.map(({ kind, startMs, endMs }) => [kind, startMs, endMs])).toEqual([
      ["tone", 12_000, 13_000],
      ["dead-air", 13_000, 30_000],
    ]);
  });

  it("counts no pause between two rings as dead air, but the wait after the last", () => {
    const spans = of([turn("agent", 20_000, 60_000)], [sound("ring", 0, 2_000), sound("ring", 6_000, 8_000)]);
    expect(spans.map(({ kind, startMs, endMs }) => [kind, startMs, endMs])).toEqual([
      ["ring", 0, 2_000],
      ["ring", 6_000, 8_000],
      ["dead-air", 8_000, 20_000],
    ]);
  });

  it("is nothing before anybody was told apart, and where nobody listened", () => {
    expect(of([], [])).toEqual([]);
    expect(soundedSpans({ turns: [], participants: [], measures: measure(9_000, [], []) })).toEqual([]);
    expect(soundedFigures([])).toEqual([]);
  });
});
