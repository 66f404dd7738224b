import { describe, expect, it } from "vitest";
import type { Turn } from "./conversation.ts";
import { longestMonologues, paceOverTime, paceStep, responseMeasures, responses } from "./measures-over-time.ts";

function turn(id: string, participantId: string, startMs: number, endMs: number, count = 0): Turn {
  const each = count === 0 ? 0 : (endMs - startMs) / count;
  return {
    id,
    participantId,
    startMs,
    endMs,
    text: Array.from({ length: count }, () => "word").join(" "),
    words: Array.from({ length: count }, (_, index) => ({
      id: `${id}.${index}`,
      text: "word",
      startMs: Math.round(startMs + index * each),
      endMs: Math.round(startMs + (index + 1) * each),
      confidence: null,
    })),
    speakerConfidence: null,
  };
}

describe("times to answer", () => {
  it("run from the end of what the other said in a call, and interruptions are no answers", () => {
    const turns = [
      turn("1", "a", 0, 4_000),
      turn("2", "b", 5_500, 8_000),
      turn("3", "a", 7_000, 9_000),
      turn("4", "b", 9_000, 9_500),
    ];
    expect(responses({ kind: "call", turns }).map(({ turnId, afterMs }) => [turnId, afterMs])).toEqual([
      ["2", 1_500],
      ["4", 0],
    ]);
  });

  it("run from the first message that waits in a chat", () => {
    const turns = [
      turn("1", "c", 0, 0),
      turn("2", "c", 20_000, 20_000),
      turn("3", "a", 50_000, 50_000),
      turn("4", "a", 55_000, 55_000),
      turn("5", "c", 60_000, 60_000),
      turn("6", "a", 70_000, 70_000),
    ];
    const all = responses({ kind: "chat", turns });
    expect(all.map(({ turnId, afterMs }) => [turnId, afterMs])).toEqual([
      ["3", 50_000],
      ["5", 10_000],
      ["6", 10_000],
    ]);
    const [agent, customer] = responseMeasures(all);
    expect(agent).toMatchObject({ participantId: "a", count: 2, medianMs: 30_000, averageMs: 30_000 });
    expect(agent?.longest.turnId).toBe("3");
    expect(customer).toMatchObject({ participantId: "c", count: 1, medianMs: 10_000 });
  });

  it("are none where nobody answers", () => {
    expect(responseMeasures(responses({ kind: "chat", turns: [turn("1", "a", 0, 0), turn("2", "a", 9, 9)] }))).toEqual([]);
  });
});

describe("going on alone", () => {
  it("lasts over one's own turns, until another speaks or silence falls", () => {
    const turns = [
      turn("1", "a", 0, 4_000),
      turn("2", "a", 5_000, 9_000),
      turn("3", "b", 9_500, 10_000),
      turn("4", "a", 10_500, 12_000),
      turn("5", "b", 16_000, 17_000),
      turn("6", "b", 21_000, 23_000),
    ];
    expect(longestMonologues(turns, 30_000)).toEqual([
      { participantId: "a", startMs: 0, endMs: 9_000 },
      { participantId: "b", startMs: 21_000, endMs: 23_000 },
    ]);
  });
});

describe("pace over time", () => {
  it("is words over one's own talk time, and nothing where there is too little", () => {
    // 20 words in 10 s, then 10 in 5 s; the other says one word.
    const turns = [turn("1", "a", 0, 10_000, 20), turn("2", "b", 10_000, 11_000, 1), turn("3", "a", 12_000, 17_000, 10)];
    const points = paceOverTime(turns, 20_000, 10_000);
    expect(points.map((point) => [point.startMs, point.endMs, point.wordsPerMinute.get("a")])).toEqual([
      [0, 10_000, 120],
      [10_000, 20_000, 120],
    ]);
    expect(points.every((point) => !point.wordsPerMinute.has("b"))).toBe(true);
  });

  it("spreads words without times over their turn", () => {
    const plain = { ...turn("1", "a", 0, 20_000, 40), words: [] };
    expect(paceOverTime([plain], 20_000, 10_000).map((point) => point.wordsPerMinute.get("a"))).toEqual([120, 120]);
  });

  it("takes a step that gives few points", () => {
    expect(paceStep(60_000)).toBe(10_000);
    expect(paceStep(14_400_000)).toBe(600_000);
    expect(paceOverTime([], 0)).toEqual([]);
  });
});
