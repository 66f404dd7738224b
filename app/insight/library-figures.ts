import { z } from "zod";
import type { Role, Transcript, Turn } from "../conversation/conversation.ts";
import type { CategoryResult } from "./categories.ts";
import type { InsightView } from "./insight.ts";
import { trendOfQuarters } from "./trend.ts";

/* How a conversation felt and what it was about, in the few figures that stand in a line of the library. */

/** The sentiment of one side as the list shows it. */
export const listedSentimentSchema = z.object({
  /** From -5 to 5. */
  score: z.number(),
  /** Null where the beginning or the end could not be judged. */
  trend: z.enum(["up", "down", "flat"]).nullable(),
  /** The program whose figure it is; null for Earmark's own. */
  vendor: z.string().nullable(),
});
/** The sentiment of one side as the list shows it. */
export type ListedSentiment = z.infer<typeof listedSentimentSchema>;

/** What a conversation is about as the list shows it. */
export const listedTopicSchema = z.object({
  name: z.string(),
  /** The program that named it; null for a category of Earmark's. */
  vendor: z.string().nullable(),
});
/** What a conversation is about as the list shows it. */
export type ListedTopic = z.infer<typeof listedTopicSchema>;

/** The figures of one conversation in the list; null where nobody knows. */
export interface LibraryFigures {
  readonly agentSentiment: ListedSentiment | null;
  readonly customerSentiment: ListedSentiment | null;
  readonly topic: ListedTopic | null;
}

/** What the figures are worked out from. */
export interface FigureSources {
  /** The revision on screen. */
  readonly transcript: Transcript;
  /** Sentiment by the formula that is set; null while it has not been read. */
  readonly insight: Pick<InsightView, "sentiment"> | null;
  /** What came of looking for categories. */
  readonly categories: readonly { readonly id: string; readonly name: string; readonly result: CategoryResult }[];
}

/** The figures of a conversation: Earmark's own, and where it has none those that came with the file. */
export function libraryFigures({ transcript, insight, categories }: FigureSources): LibraryFigures {
  return {
    agentSentiment: sentimentOf("agent", transcript, insight),
    customerSentiment: sentimentOf("customer", transcript, insight),
    topic: topicOf(transcript, categories),
  };
}

function sentimentOf(role: Role, transcript: Transcript, insight: FigureSources["insight"]): ListedSentiment | null {
  if (insight !== null) {
    const { sentiment } = insight;
    const own = sentiment[sentiment.formula].roles.find((figure) => figure.role === role);
    if (own !== undefined && own.score !== null) return { score: own.score, trend: own.trend, vendor: null };
  }
  // Whoever a person says is the agent, the vendor's figure is that participant's.
  const ids = new Set(transcript.participants.filter((one) => one.role === role).map(({ id }) => id));
  const measured = transcript.vendor?.sentiment.find(({ participantId, score }) => ids.has(participantId) && score !== null);
  if (measured === undefined || measured.score === null) return null;
  return {
    score: measured.score,
    trend: trendOfQuarters(measured.change),
    vendor: transcript.vendor?.source ?? "",
  };
}

/**
 * What a conversation is about: of the categories present in it, the one that rests on the most places in what its customer
 * says; of equals the one said first, then by id. What the agent says tells of conduct and not of the matter. Where no
 * category rests on the customer's words it is the first one that the program which made the transcript named.
 */
function topicOf(transcript: Transcript, categories: FigureSources["categories"]): ListedTopic | null {
  const customers = new Set(transcript.participants.filter(({ role }) => role === "customer").map(({ id }) => id));
  const byCustomer = new Set(transcript.turns.filter((turn: Turn) => customers.has(turn.participantId)).map(({ id }) => id));
  const told = categories
    .filter(({ result }) => result.outcome === "present")
    .map(({ id, name, result }) => {
      const places = result.places.filter(({ turnId }) => turnId !== null && byCustomer.has(turnId));
      return { id, name, count: places.length, from: Math.min(...places.map(({ startMs }) => startMs)) };
    })
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || a.from - b.from || (a.id < b.id ? -1 : 1));
  const [first] = told;
  if (first !== undefined) return { name: first.name, vendor: null };
  const named = transcript.vendor?.topics?.[0];
  return named === undefined ? null : { name: named, vendor: transcript.vendor?.source ?? "" };
}
