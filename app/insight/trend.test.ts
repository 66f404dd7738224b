import { describe, expect, it } from "vitest";
import { insightView } from "./insight.ts";
import { type SentimentShares, usualThresholds } from "./sentiment.ts";
import { type JudgedTurn, sentimentFigures } from "./trend.ts";

const shares = (positive: number, negative: number): SentimentShares => ({
  positive,
  negative,
  neutral: 1 - positive - negative,
  mixed: 0,
});
const turn = (participantId: string, startMs: number, endMs: number, of: SentimentShares | null): JudgedTurn => ({
  participantId,
  startMs,
  endMs,
  shares: of,
});
const participants = [
  { id: "p1", role: "customer" as const },
  { id: "p2", role: "agent" as const },
  { id: "p3", role: "agent" as const },
];
const turns = [
  turn("p1", 0, 10_000, shares(0.1, 0.8)),
  turn("p2", 10_000, 20_000, shares(0, 0)),
  turn("p1", 30_000, 40_000, shares(0, 0)),
  turn("p3", 50_000, 60_000, null),
  turn("p1", 90_000, 100_000, shares(0.9, 0)),
];

describe("PCA's figures", () => {
  const { call, roles, speakers } = sentimentFigures("pca", turns, participants, 100_000, usualThresholds);

  it("are means over all judged turns, by quarters of the call at the turn's middle", () => {
    const customer = speakers.find(({ participantId }) => participantId === "p1");
    expect(customer?.score).toBeCloseTo((-4 + 0 + 4.5) / 3);
    expect(customer?.quarters.map(({ score }) => score)).toEqual([-4, 0, null, 4.5]);
    expect(customer).toMatchObject({ change: 8.5, trend: "up", turns: 3, judged: 3 });
    expect(call.quarters.map(({ startMs }) => startMs)).toEqual([0, 25_000, 50_000, 75_000]);
  });

  it("join the speakers of a role, and make nothing up for a turn that nobody could judge", () => {
    expect(roles.find(({ role }) => role === "agent")).toMatchObject({ score: 0, turns: 2, judged: 1 });
    expect(speakers.find(({ participantId }) => participantId === "p3")).toMatchObject({ score: null, trend: null, judged: 0 });
  });
});

describe("LCA's figures", () => {
  it("are means over what is positive or negative, by quarters between the first and the last of it", () => {
    const { speakers } = sentimentFigures("lca", turns, participants, 400_000, usualThresholds);
    const customer = speakers.find(({ participantId }) => participantId === "p1");
    expect(customer?.score).toBeCloseTo(0.25);
    expect(customer?.quarters.map(({ score }) => score)).toEqual([-4, null, null, 4.5]);
    expect(customer?.quarters.map(({ endMs }) => endMs)).toEqual([25_000, 50_000, 75_000, 100_000]);
    expect(customer).toMatchObject({ change: 8.5, trend: "up" });
  });

  it("are nothing where nobody said anything either way", () => {
    const { call } = sentimentFigures("lca", [turn("p1", 0, 1_000, shares(0, 0))], participants, 1_000, usualThresholds);
    expect(call).toMatchObject({ score: null, change: null, trend: null, turns: 1, judged: 1 });
  });

  it("bear a conversation without any length", () => {
    for (const formula of ["pca", "lca"] as const) {
      const { call } = sentimentFigures(formula, [turn("p1", 0, 0, shares(0.9, 0))], participants, 0, usualThresholds);
      expect(call.score).toBe(4.5);
    }
  });
});

describe("what the page is shown", () => {
  const words = (id: string, text: string) => ({
    id,
    participantId: "p1",
    startMs: 0,
    endMs: 1_000,
    text,
    words: [],
    speakerConfidence: null,
  });
  const transcript = {
    durationMs: 1_000,
    language: "en",
    participants: [{ id: "p1", role: "customer" as const, roleConfidence: null, name: null, channel: null }],
    turns: [words("t1", "It was $40."), words("t2", "Terrible."), words("t3", "...")],
    shortfalls: [],
    provenance: null,
  };
  const read = {
    turns: [
      {
        turnId: "t1",
        textHash: "It was $40.",
        language: "en",
        judgement: null,
        mentions: [{ type: "AMOUNT", start: 7, end: 10, score: 1, source: "local" as const, key: "40 USD" }],
        terms: [],
      },
      {
        turnId: "t2",
        textHash: "It was fine.",
        language: "en",
        judgement: { shares: shares(0.9, 0), by: "local" as const, confidence: 1 },
        mentions: [],
        terms: [],
      },
    ],
    fallbacks: [],
    badTerms: [],
  };
  const choice = { formula: "pca" as const, thresholds: usualThresholds, entityThresholds: { all: 0.5, byType: {} } };

  it("never speaks of words that are not there any more", () => {
    const view = insightView(read, transcript, choice, ({ text }) => text);
    expect(view.unread).toBe(1);
    expect(view.sentiment.turns.map(({ label }) => label)).toEqual([null, null]);
    expect(view.entities.map(({ value, count }) => [value, count])).toEqual([["$40", 1]]);
    expect(view.notJudged).toEqual([{ language: "en", turns: 1 }]);
  });
});
