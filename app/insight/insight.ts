import { z } from "zod";
import type { Transcript, Turn } from "../conversation/conversation.ts";
import {
  type EntityMention,
  type EntityThresholds,
  entityGroupSchema,
  groupEntities,
  mentionSchema,
  withoutOverlaps,
} from "./entities.ts";
import {
  judgementSchema,
  judgeSchema,
  type SentimentFormula,
  type SentimentThresholds,
  sentimentFormulas,
  sentimentLabels,
  sentimentSharesSchema,
  sentimentThresholdsSchema,
  turnScore,
} from "./sentiment.ts";
import { sentimentFigures, sentimentFiguresSchema } from "./trend.ts";

/* What a conversation's words say beside themselves: how they felt and what they speak of. */

/** What was read off one turn, for the text that it had then. */
export const turnReadingSchema = z.object({
  turnId: z.string(),
  /** Names the text that was read; a turn whose text is another has not been read. */
  textHash: z.string(),
  /** BCP 47; null where nobody knows. */
  language: z.string().nullable(),
  /** Null where nobody could judge it. */
  judgement: judgementSchema.nullable(),
  mentions: z.array(mentionSchema),
  /** Mentions out of the string map, beside those above. */
  terms: z.array(mentionSchema),
});
/** What was read off one turn. */
export type TurnReading = z.infer<typeof turnReadingSchema>;

/** Why some turns were read by another engine than the one asked for, or not judged at all. */
export const fallbackSchema = z.object({
  /** `language`: the engine does not know it. `partial`: it answered for the others. Otherwise a failure's code. */
  reason: z.string(),
  /** The language it was for; null where that is not the reason. */
  language: z.string().nullable(),
  turns: z.int().min(1),
});
/** Why some turns were read by another engine than the one asked for. */
export type Fallback = z.infer<typeof fallbackSchema>;

/** What the stage `insight` keeps of a conversation. It holds no text of the conversation but what groups its mentions. */
export const readInsightSchema = z.object({
  turns: z.array(turnReadingSchema),
  fallbacks: z.array(fallbackSchema),
  /** What is wrong with the string map; empty where nothing is, or there is none. */
  badTerms: z.array(z.object({ file: z.string(), line: z.int().min(0), reason: z.string() })),
});
/** What the stage `insight` keeps of a conversation. */
export type ReadInsight = z.infer<typeof readInsightSchema>;

/** One turn's sentiment as it is shown. */
export const turnSentimentSchema = z.object({
  turnId: z.string(),
  /** Null: nobody could judge it. */
  label: z.enum(sentimentLabels).nullable(),
  /** From -5 to 5 by the formula shown; null where the formula leaves the turn out, or nobody could judge it. */
  score: z.number().nullable(),
  shares: sentimentSharesSchema.nullable(),
  confidence: z.number().min(0).max(1).nullable(),
  by: judgeSchema.nullable(),
});
/** One turn's sentiment as it is shown. */
export type TurnSentiment = z.infer<typeof turnSentimentSchema>;

/** Sentiment, entities and terms of a conversation as its page shows them. */
export const insightViewSchema = z.object({
  sentiment: z.object({
    /** The formula that is shown; figures of the other stand beside. */
    formula: z.enum(sentimentFormulas),
    thresholds: sentimentThresholdsSchema,
    turns: z.array(turnSentimentSchema),
    pca: sentimentFiguresSchema,
    lca: sentimentFiguresSchema,
  }),
  entities: z.array(entityGroupSchema),
  /** Who judged how many turns. */
  engines: z.array(z.object({ by: judgeSchema, turns: z.int().min(1) })),
  /** Turns with words that nobody could judge, by language. */
  notJudged: z.array(z.object({ language: z.string().nullable(), turns: z.int().min(1) })),
  fallbacks: z.array(fallbackSchema),
  badTerms: readInsightSchema.shape.badTerms,
  /** Turns whose words have changed since and are being read anew. */
  unread: z.int().min(0),
});
/** Sentiment, entities and terms of a conversation as its page shows them. */
export type InsightView = z.infer<typeof insightViewSchema>;

/** What a person has set of how insight is counted. */
export interface InsightChoice {
  readonly formula: SentimentFormula;
  readonly thresholds: SentimentThresholds;
  readonly entityThresholds: EntityThresholds;
}

/**
 * The view of what was read, over a revision of the transcript: a turn whose text has changed since counts as not read.
 *
 * @param textHash names a turn's text as the readings do.
 */
export function insightView(
  read: ReadInsight,
  transcript: Transcript,
  choice: InsightChoice,
  textHash: (turn: Turn) => string,
): InsightView {
  const byTurn = new Map(read.turns.map((reading) => [reading.turnId, reading]));
  const spoken = transcript.turns.filter(({ text }) => /[\p{L}\p{N}]/u.test(text));
  const pairs = spoken.map((turn) => {
    const reading = byTurn.get(turn.id);
    return { turn, reading: reading !== undefined && reading.textHash === textHash(turn) ? reading : null };
  });
  // A written conversation without times is cut into quarters by its turns.
  const timeless = transcript.durationMs === 0;
  const judged = pairs.map(({ turn, reading }, place) => ({
    participantId: turn.participantId,
    startMs: timeless ? place : turn.startMs,
    endMs: timeless ? place + 1 : turn.endMs,
    shares: reading?.judgement?.shares ?? null,
  }));
  const figures = (formula: SentimentFormula) =>
    sentimentFigures(
      formula,
      judged,
      transcript.participants,
      timeless ? pairs.length : transcript.durationMs,
      choice.thresholds,
    );
  return {
    sentiment: {
      formula: choice.formula,
      thresholds: { ...choice.thresholds },
      turns: pairs.map(({ turn, reading }): TurnSentiment => {
        const judgement = reading?.judgement ?? null;
        if (judgement === null) {
          return { turnId: turn.id, label: null, score: null, shares: null, confidence: null, by: null };
        }
        const { label, score } = turnScore(choice.formula, judgement.shares, choice.thresholds);
        const { shares, confidence, by } = judgement;
        return { turnId: turn.id, label, score, shares, confidence, by };
      }),
      pca: figures("pca"),
      lca: figures("lca"),
    },
    entities: groupEntities(
      pairs.flatMap(({ turn, reading }) =>
        reading === null ? [] : [{ turn, mentions: withoutOverlaps([...reading.terms, ...reading.mentions]) }],
      ),
      choice.entityThresholds,
    ),
    engines: counts(pairs.flatMap(({ reading }) => reading?.judgement?.by ?? [])).map(([by, turns]) => ({ by, turns })),
    notJudged: counts(
      pairs.flatMap(({ reading }) => (reading !== null && reading.judgement === null ? [reading.language] : [])),
    ).map(([language, turns]) => ({ language, turns })),
    fallbacks: read.fallbacks,
    badTerms: read.badTerms,
    unread: pairs.filter(({ reading }) => reading === null).length,
  };
}

function counts<T>(values: readonly T[]): [T, number][] {
  const found = new Map<T, number>();
  for (const value of values) found.set(value, (found.get(value) ?? 0) + 1);
  return [...found].sort((a, b) => b[1] - a[1]);
}

/** What a language engine makes of one text. */
export interface LanguageReading {
  readonly judgement: z.infer<typeof judgementSchema> | null;
  readonly mentions: readonly EntityMention[];
}
