import { describe, expect, it } from "vitest";
import type { Participant, Transcript, Turn } from "../conversation/conversation.ts";
import type { CategoryResult } from "./categories.ts";
import { type FigureSources, libraryFigures } from "./library-figures.ts";
import { sentimentFigures } from "./trend.ts";

const thresholds = { positive: 0.4, negative: 0.4 };
const participants: Participant[] = [
  { id: "p1", role: "agent", roleConfidence: null, name: null, channel: null },
  { id: "p2", role: "customer", roleConfidence: null, name: null, channel: null },
];
const turn = (id: string, participantId: string, startMs: number): Turn => ({
  id,
  participantId,
  startMs,
  endMs: startMs + 1_000,
  text: "Words.",
  words: [],
  speakerConfidence: null,
});
const transcript: Transcript = {
  durationMs: 4_000,
  language: "en",
  participants,
  turns: [turn("t1", "p1", 0), turn("t2", "p2", 1_000), turn("t3", "p1", 2_000), turn("t4", "p2", 3_000)],
  shortfalls: [],
  provenance: null,
};
const vendor = {
  source: "Post call analytics result",
  sentiment: [
    { participantId: "p1", score: 1.7, change: -2.5, quarters: [] },
    { participantId: "p2", score: 0.6, change: 0.1, quarters: [] },
  ],
  topics: ["Lost card", "Fees"],
};
const good = { positive: 0.9, negative: 0, neutral: 0.1, mixed: 0 };

/** Insight in which only the agent could be judged. */
function agentJudged(): FigureSources["insight"] {
  const judged = transcript.turns.map(({ participantId, startMs, endMs }) => ({
    participantId,
    startMs,
    endMs,
    shares: participantId === "p1" ? good : null,
  }));
  const figures = sentimentFigures("pca", judged, participants, transcript.durationMs, thresholds);
  return { sentiment: { formula: "pca", thresholds, turns: [], pca: figures, lca: figures } };
}

function result(outcome: CategoryResult["outcome"], ...turnIds: string[]): CategoryResult {
  const places = turnIds.map((turnId) => {
    const startMs = transcript.turns.find(({ id }) => id === turnId)?.startMs ?? 0;
    return { turnId, wordIds: [], chars: null, startMs, endMs: startMs + 100 };
  });
  return { outcome, places, against: [], searched: [], figures: [], unjudged: [] };
}
const category = (id: string, name: string, found: CategoryResult) => ({ id, name, result: found });

describe("sentiment in the list", () => {
  it("is Earmark's, and the vendor's where Earmark has none, marked as such", () => {
    const { agentSentiment, customerSentiment } = libraryFigures({
      transcript: { ...transcript, vendor },
      insight: agentJudged(),
      categories: [],
    });
    expect(agentSentiment).toMatchObject({ vendor: null });
    expect(agentSentiment?.score).toBeGreaterThan(0);
    expect(customerSentiment).toEqual({ score: 0.6, trend: "flat", vendor: "Post call analytics result" });
  });

  it("follows a participant into another role, and is unknown where nobody measured", () => {
    const swapped = participants.map((one): Participant => ({ ...one, role: one.role === "agent" ? "customer" : "agent" }));
    const figures = libraryFigures({
      transcript: { ...transcript, participants: swapped, vendor },
      insight: null,
      categories: [],
    });
    expect(figures.customerSentiment).toEqual({ score: 1.7, trend: "down", vendor: "Post call analytics result" });
    expect(libraryFigures({ transcript, insight: null, categories: [] })).toEqual({
      agentSentiment: null,
      customerSentiment: null,
      topic: null,
    });
  });
});

describe("the topic in the list", () => {
  const topicOf = (categories: FigureSources["categories"], more: Partial<Transcript> = {}) =>
    libraryFigures({ transcript: { ...transcript, ...more }, insight: null, categories }).topic;

  it("is the category that rests most on what the customer says, whatever its order", () => {
    const all = [
      category("greeting", "Greeting", result("present", "t1", "t1", "t3")),
      category("complaint", "Complaint", result("present", "t4")),
      category("cancellation", "Cancellation", result("present", "t2", "t4")),
      category("escalation", "Escalation", result("absent")),
    ];
    expect(topicOf(all)).toEqual({ name: "Cancellation", vendor: null });
    expect(topicOf(all.toReversed())).toEqual({ name: "Cancellation", vendor: null });
  });

  it("is of equals the one said first, then the one whose id comes first", () => {
    expect(topicOf([category("a", "Late", result("present", "t4")), category("b", "Early", result("present", "t2"))])?.name).toBe(
      "Early",
    );
    expect(topicOf([category("b", "Two", result("present", "t2")), category("a", "One", result("present", "t2"))])?.name).toBe(
      "One",
    );
  });

  it("is the vendor's where only the agent's words are categories, and nobody's without", () => {
    const greeting = [category("greeting", "Greeting", result("present", "t1"))];
    expect(topicOf(greeting, { vendor })).toEqual({ name: "Lost card", vendor: "Post call analytics result" });
    expect(topicOf(greeting)).toBeNull();
  });
});
