import { describe, expect, it } from "vitest";
import type { Participant, Turn } from "../../../app/conversation/conversation.ts";
import type { InsightView } from "../../../app/insight/insight.ts";
import { sentimentFigures } from "../../../app/insight/trend.ts";
import { columnsOf, levelsOf, loudestIn, loudnessStep, meanIn, sentimentTracks, vendorLoudnessAt } from "./tracks-figures.ts";
import { indexSpans } from "./waveform-spans.ts";

const people: Participant[] = (["agent", "customer"] as const).map((role, index) => ({
  id: `p${index}`,
  role,
  roleConfidence: null,
  name: null,
  channel: index,
}));
const turn = (id: string, participantId: string, startMs: number, vendor?: Turn["vendor"]): Turn => ({
  id,
  participantId,
  startMs,
  endMs: startMs + 1_000,
  text: "hello",
  words: [],
  speakerConfidence: null,
  ...(vendor === undefined ? {} : { vendor }),
});
const turns = [
  turn("a", "p0", 0, { label: "negative", score: null }),
  turn("b", "p1", 3_000, { label: "positive", score: 2 }),
  turn("c", "p1", 7_000),
];
const shares = (positive: number) => ({ positive, negative: 0, neutral: 1 - positive, mixed: 0 });

function insightOf(participants: Participant[]): InsightView {
  const judged = turns.map((each) => ({ ...each, shares: shares(each.id === "c" ? 0.8 : 0.1) }));
  const figures = sentimentFigures("pca", judged, participants, 8_000, { positive: 0.4, negative: 0.4 });
  const read = turns.map(({ id }) => ({
    turnId: id,
    label: id === "c" ? ("positive" as const) : ("neutral" as const),
    score: id === "c" ? 4 : 0,
    shares: null,
    confidence: 1,
    by: "local" as const,
  }));
  return {
    sentiment: { formula: "pca", thresholds: { positive: 0.4, negative: 0.4 }, turns: read, pca: figures, lca: figures },
    entities: [],
    engines: [],
    notJudged: [],
    fallbacks: [],
    badTerms: [],
    unread: 0,
  };
}

describe("tracks of sentiment", () => {
  const of = (participants: Participant[]) =>
    sentimentTracks({ participants, turns, durationMs: 8_000 }, insightOf(participants), new Map(), (role) => role);

  it("are one for each role, ours beside the vendor's", () => {
    const [agent, customer] = of(people);
    expect([agent?.name, customer?.name]).toEqual(["agent", "customer"]);
    expect(customer?.own?.turns.items.map(({ turnId, score }) => [turnId, score])).toEqual([
      ["b", 0],
      ["c", 4],
    ]);
    expect(customer?.own?.quarters.map(({ score }) => score)).toEqual([null, 0, null, 4]);
    expect(agent?.vendor?.turns.items).toMatchObject([{ label: "negative", score: -5 }]);
    expect(customer?.vendor?.turns.items).toMatchObject([{ label: "positive", score: 2 }]);
  });

  it("go with the roles when agent and customer are swapped", () => {
    const swapped = people.map((one): Participant => ({ ...one, role: one.role === "agent" ? "customer" : "agent" }));
    const agent = of(swapped).find(({ key }) => key === "agent");
    expect(agent?.own?.turns.items.map(({ turnId }) => turnId)).toEqual(["b", "c"]);
    expect(agent?.own?.score).toBe(2);
  });

  it("keep the vendor's figures where nothing was read here", () => {
    const vendor = { source: "V", sentiment: [{ participantId: "p1", score: 1, change: -1, quarters: [2, 1, 1, 1] }] };
    const tracks = sentimentTracks({ participants: people, turns, durationMs: 8_000, vendor }, null, new Map(), (role) => role);
    const customer = tracks.find(({ key }) => key === "customer");
    expect([customer?.own, customer?.vendor?.trend, customer?.vendor?.quarters[1]]).toEqual([
      null,
      "down",
      { startMs: 2_000, endMs: 4_000, score: 1 },
    ]);
  });

  it("are drawn by columns, the strongest where several share one, and means are of what begins in a stretch", () => {
    const [, customer] = of(people);
    const own = customer?.own;
    if (own == null) throw new Error("There is no track.");
    expect([...columnsOf(own.turns, 0, 8_000, 1)].map(([column, { turnId }]) => [column, turnId])).toEqual([[0, "c"]]);
    expect([...columnsOf(own.turns, 0, 8_000, 8).keys()]).toEqual([3, 7]);
    expect(meanIn(own, { startMs: 0, endMs: 8_000 })).toBe(2);
    expect(meanIn(own, { startMs: 0, endMs: 2_000 })).toBeNull();
  });
});

describe("loudness", () => {
  it("is the loudest sample of each second in decibels below full scale, and nothing in silence", () => {
    expect(levelsOf([-127, 3, -2, 64, 0, 0], 1_000, null).levels).toEqual([0, -6, null]);
  });
  it("of a voice that shares a channel is that of its own turns", () => {
    const only = indexSpans([{ startMs: 1_200, endMs: 1_900 }]);
    expect(levelsOf([-127, 127, -127, 127, -127, 127], 1_000, only).levels).toEqual([null, 0, null]);
  });
  it("is told at a moment, over a stretch, and in seconds up to five and a half hours", () => {
    const loudness = levelsOf([-127, 127, 0, 0, -64, 64], 1_000, null);
    expect([loudestIn(loudness, 500), loudestIn(loudness, 1_500), loudestIn(loudness, 1_000, 3_000)]).toEqual([0, null, -6]);
    expect([loudnessStep(60_000), loudnessStep(4 * 3_600_000), loudnessStep(40_000_000)]).toEqual([1_000, 1_000, 2_000]);
  });
  it("of a vendor is a score for each second of a turn", () => {
    const all = [{ participantId: "p", startMs: 5_000, scores: [80, null, 70] }];
    expect([4_900, 5_100, 6_100, 7_900, 8_100].map((ms) => vendorLoudnessAt(all, ms))).toEqual([null, 80, null, 70, null]);
  });
});
